/** What said "look again". */
export type HintSource = 'inotify' | 'poll' | 'retry' | 'signal' | 'trigger' | 'start';

export type Hint = {
  source: HintSource;
  /** Path of the mount, where it concerns one. */
  mount?: string;
  /** Nothing more will follow: the update has ended, or there is none to wait for. */
  complete?: boolean;
  /** Reload even if nothing changed. */
  force?: boolean;
};
