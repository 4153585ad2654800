import type { Fault } from '../../system/fault.ts';
import { type Failure, isSettled, type Outcome } from '../../sidecar/outcome.ts';
import type { Check } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, failAs, type Finding, pass, warn } from '../finding.ts';
import { set } from '../settings.ts';

const name = 'last-reload';

/** What the rehup that runs says of its last reload: of some things only a reload could tell. */
export const lastReloadCheck: Check = {
  name,
  run: (context, _, earlier) =>
    context.rules.flatMap((rule): Finding[] => {
      const last = readLast(context, rule.name);
      if (last === undefined) return [];
      const { outcome, reason = outcome } = last;
      const named = context.rules.length > 1 ? { rule: rule.name } : {};
      const found = (bare: Bare): Finding[] => [{ check: name, ...named, ...bare }];
      if (isSettled(outcome)) return found(pass(`${outcome} at ${last.time}`));
      if (isTold(last.check, named.rule, earlier)) return [];
      return found(describeFailure({ ...last, outcome, reason }, rule.name, context));
    }),
};

type Last = Partial<Omit<Failure, 'outcome'>> & { outcome: Outcome; time: string };

function readLast({ daemon }: Context, rule: string): Last | undefined {
  return daemon?.rules[rule]?.last as Last | undefined;
}

function isTold(
  check: Fault | undefined,
  rule: string | undefined,
  earlier: readonly Finding[],
): boolean {
  return earlier.some(
    (finding) => finding.status !== 'pass' && finding.id === check && finding.rule === rule,
  );
}

/** What doctor does not find out by itself, since it would have to reload. */
const ONLY_BY_RELOAD: readonly Fault[] = [
  'url-wrong-status',
  'url-timed-out',
  'pod-not-restarted',
  'pod-restarts-too-often',
];

function describeFailure(last: Failure & { time: string }, rule: string, context: Context): Bare {
  const { check, outcome, time, remedy = 'look at the log of rehup' } = last;
  const reason = `${last.reason} (at ${time})`;
  if (check !== undefined && ONLY_BY_RELOAD.includes(check)) {
    return failAs({ ...last, reason }, check, last.set ? [set(context, rule, last.set)] : []);
  }
  if (check === undefined)
    return fail('last-reload-failed', { seen: `${outcome}: ${reason}`, remedy });
  return warn('last-reload-failed', {
    seen: `${outcome}: ${reason}; what stood against it then does so no more`,
    remedy: 'none needed: it is tried again; rehup trigger does so at once',
  });
}
