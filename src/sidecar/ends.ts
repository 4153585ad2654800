/**
 * When to leave off. A new configuration lets an action that has begun come to its end: cut short, it
 * would be told of by nobody, and made once more by the rules that follow. A pod that ends waits for none.
 */
export type Ends = {
  /** From then on nothing new begins. Aborted with `now`, at the latest. */
  soon: AbortSignal;
  /** Cuts short everything. */
  now: AbortSignal;
};
