/** What is wrong with a file: own words and positions, never a piece of its content. */
export type Problem = {
  reason: string;
  /** Counted from 1. */
  line?: number;
  column?: number;
};

export type CheckInput = {
  /** Key path of the file inside its mount. */
  key: string;
  content: Buffer;
  /** Another key of the same mount; `undefined` where there is none. */
  readOther: (key: string) => Buffer | undefined;
  /** The key path that the user gave for the private key. */
  privateKey: string | undefined;
  /** Wall clock, in milliseconds. */
  nowMs: number;
};

export type Check = (input: CheckInput) => Problem | undefined;
