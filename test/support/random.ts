// Properties are tried with the same inputs each time, so that what passes here passes elsewhere; which, and
// how many, the environment says, and the nightly run has others each time.
import * as fc from 'fast-check';

/** `TEST_SEED`: a number, or `random`. `TEST_RUNS`: inputs for each property that says no number of its own. */
const { TEST_SEED = '1', TEST_RUNS = '100' } = process.env;

fc.configureGlobal({
  numRuns: Number(TEST_RUNS),
  ...(TEST_SEED !== 'random' && { seed: Number(TEST_SEED) }),
});
