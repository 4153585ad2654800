import type { Incarnation, Run, Swap, Window } from '../records.ts';
import type { Seen, Sight } from './reader.ts';
import type { PublishShape } from './shapes.ts';

/** All that was seen in one pod with publishing so far. */
export interface PublishRecords {
  readonly shape: PublishShape;
  readonly swaps: readonly Swap[];
  readonly incarnations: readonly Incarnation[];
  readonly runs: readonly Run[];
  readonly seen: readonly Seen[];
  readonly sights: readonly Sight[];
  readonly isReaderRunning: boolean;
  /** When the published directory was damaged by somebody else, until it was known to be whole again. */
  readonly damaged: readonly Window[];
  /** When the test ended or stopped the app, which may look as if it had failed. */
  readonly disturbed: readonly number[];
  /** When somebody asked for a reload. */
  readonly triggers: readonly number[];
  /** Lines of processes that are nobody's app, and their ends. */
  readonly bystanders: readonly string[];
}
