import type { ResultName } from './budgets.ts';

/** One measured value; what it is, and may be, is in the table of budgets. */
export type Result = {
  name: ResultName;
  value: number;
  /** Of how many measurements it is made. */
  n?: number;
  /** What else is worth knowing, for the same line. */
  note?: string;
  /** All measurements, in order, in the unit of the value: what the charts are drawn from. */
  samples?: readonly number[];
};

export type Context = {
  /** Fewer repetitions: to see that it works, not to quote. */
  quick: boolean;
  /** Of rehup, loaded into the nodes. */
  image: string;
};

/** What one module measures: several results, under one name for `--only`. */
export type Figure = {
  name: string;
  needs: 'cluster' | 'nothing';
  /** What it yields, if all goes well. */
  results: readonly ResultName[];
  measure: (context: Context) => AsyncIterable<Result>;
};

/** It cannot be measured here, which is no failure. */
export class NotMeasured extends Error {}
