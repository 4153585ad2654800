/** A program, how it is started, and what comes of an update. */
export interface ProgramRow {
  /** What the container is for. */
  readonly program: string;
  /** How its container is started, in words. */
  readonly started: string;
  /** What has to be installed: Debian's packages have it under these names. */
  readonly needs: readonly string[];
  /** The command of the container. */
  readonly command: readonly string[];
  /** Keys of the ConfigMap, mounted at /etc/config: `VERSION` in them changes with each update. */
  readonly config: Readonly<Record<string, string>>;
  /** Processes that have to run before the update, by the names that the kernel has for them. */
  readonly running: readonly string[];
  /** A file that has to be there before the update, where running is not enough to take the signal as meant. */
  readonly ready?: string;
  /** What comes of an update with no setting at all. */
  readonly unset: Result;
  /** What to set where that is no reload: named by rehup or, where it names several, chosen among them. */
  readonly setting?: Readonly<Record<string, string>>;
  /** With the setting. */
  readonly set?: Result;
}

export interface Result {
  readonly outcome: 'reloaded' | 'no-handler' | 'ambiguous-target' | 'no-target' | 'target-died';
  /** The program that was told, or that could not be. */
  readonly target: string;
  readonly check?: string;
  /** What the remedy says. */
  readonly remedy?: RegExp;
}
