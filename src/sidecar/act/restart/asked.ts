/**
 * What is remembered of a restart of the whole pod that was asked for by leaving. It outlives the
 * process that writes it.
 */
export type Asked = {
  /** Whether it has happened is not known yet. */
  open: boolean;
  /** When it was asked for, and the few times before; wall clock, the newest last. */
  timesMs: readonly number[];
  /** Sockets that others of the pod listened on then, by inode. */
  listeners: readonly string[];
};

/** Where that is kept. */
export type AskedStore = {
  asked: () => Asked | undefined;
  /** Whether it is written down for the next run. */
  ask: (asked: Asked) => boolean;
};
