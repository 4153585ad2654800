import { requireCluster } from './cluster.ts';
import { NotMeasured, type Context, type Figure } from './figure.ts';
import { toOutcome, type Outcome } from './outcome.ts';

/**
 * Measures groups of figures, one group after the other; those of one group at the same time. A figure that
 * fails says so in its own lines, and stops nothing.
 */
export async function measureAll(
  groups: readonly (readonly Figure[])[],
  context: Context,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const report = (outcome: Outcome): void => {
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  for (const group of groups) {
    await Promise.all(group.map((figure) => measureOne(figure, context, report)));
  }
  return outcomes;
}

async function measureOne(
  figure: Figure,
  context: Context,
  report: (outcome: Outcome) => void,
): Promise<void> {
  const left = new Set(figure.results);
  try {
    if (figure.needs === 'cluster') await requireCluster();
    for await (const result of figure.measure(context)) {
      left.delete(result.name);
      report(toOutcome(result));
    }
  } catch (error) {
    const verdict = error instanceof NotMeasured ? 'not measured' : 'FAILED';
    const reason = error instanceof Error ? error.message : String(error);
    for (const name of left) report({ name, verdict, reason });
  }
}
