import type { Failure } from '../../sidecar/outcome.ts';
import { onlySubPath } from '../../sidecar/target/auto.ts';
import type { Watched } from '../../sidecar/target/resolution.ts';
import { describeProcess } from '../../sidecar/target/containers.ts';
import type { Process } from '../../sidecar/target/processes.ts';
import { useOf } from '../../sidecar/target/use.ts';
import { findTaker, type Known, mountAllIn, mountWholeIn } from '../app-mounts.ts';
import { type Check, perRule } from '../check.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Bare, fail, failAs, pass, warn } from '../finding.ts';
import { appsIn, containerOf } from '../neighbours.ts';
import { restartInstead } from '../settings.ts';
import { formatTime, some } from '../words.ts';

/** The app sees the updates: it mounts the same volume, and not by `subPath`. */
export const appMountCheck: Check = perRule('app-mount', (rule, context) => {
  const { resolution, acting } = rule;
  const known = acting.watched.filter((watched) => isKnown(watched));
  if (known.length === 0) return [];
  const { checkTarget, checkRefusal } = createChecks(known, rule, context);
  return 'failure' in resolution
    ? checkRefusal(resolution.failure)
    : resolution.targets.map(checkTarget);
});

/** What is not known as a volume cannot be compared; rehup's own `subPath` is of no use in any case. */
function isKnown(watched: Watched): watched is Known {
  return watched.volume !== undefined && !watched.volume.subPath;
}

type Checks = {
  checkTarget: (target: Process) => Bare;
  /** Why `--target auto` found nobody. */
  checkRefusal: (failure: Failure) => Bare[];
};

function createChecks(known: readonly Known[], rule: RuleContext, context: Context): Checks {
  const { action } = rule.acting;
  const usersOf = (watched: Known): Process[] =>
    appsIn(context).filter((app) => useOf(app, watched.volume) === 'subPath');

  const subPath = (users: readonly Process[], watched: Known): Bare => {
    const failure = onlySubPath(watched, users);
    const reading = rule.readings.get(watched.path);
    const since =
      reading && 'snapshot' in reading && failure.reason.includes('stale')
        ? ` at ${formatTime(reading.snapshot.swappedAtMs)}`
        : '';
    return failAs({ ...failure, reason: `${failure.reason}${since}` }, 'app-mounts-sub-path', [
      ...users.map((user) => mountWholeIn(user, watched)),
      restartInstead(context, rule),
    ]);
  };

  /** The app has the content from elsewhere, or not at all. */
  const nothing = (apps: readonly Process[], failure: Failure): Bare => {
    const taker = findTaker(apps, known, rule);
    const environment = taker
      ? `; ${containerOf(taker.app)} has ${some(taker.variables)} in its environment, which is read once, at its start (envFrom)`
      : '';
    const mounts = apps.map((app) => mountAllIn(app, known));
    const restarts = apps.map((app) =>
      restartInstead(context, rule, { REHUP_TARGET: `container:${containerOf(app)}` }),
    );
    const remedies = taker ? [...restarts, ...mounts] : [...mounts, ...restarts];
    const reason = `${failure.reason}${environment}`;
    const words = { seen: reason, remedy: failure.remedy ?? '', remedies };
    if (taker) return fail('env-only', words);
    const hinders = action.needsTarget && failure.check !== undefined;
    return (hinders ? fail : warn)('app-mounts-nothing', words);
  };

  return {
    checkTarget: (target) => {
      const uses = known.map((watched) => ({ watched, use: useOf(target, watched.volume) }));
      const whole = uses.find(({ use }) => use === 'whole');
      const name = describeProcess(target);
      if (whole) return pass(`${name} mounts the volume of ${whole.watched.path} as a directory`);
      if (action.actsOnSubPath === true) {
        return pass(`${name} is restarted, and then reads the current content`);
      }
      const key = uses.find(({ use }) => use === 'subPath');
      return key ? subPath([target], key.watched) : nothing([target], mountsNone(target, known));
    },
    checkRefusal: (failure) => {
      if (failure.check === 'app-mounts-nothing') return [nothing(appsIn(context), failure)];
      if (failure.check !== 'app-mounts-sub-path') return [];
      return known.flatMap((watched) => {
        const users = usersOf(watched);
        return users.length === 0 ? [] : [subPath(users, watched)];
      });
    },
  };
}

/** Of a target that was named, so that it need not mount anything to be found. */
function mountsNone(target: Process, known: readonly Known[]): Failure {
  return {
    outcome: 'no-target',
    reason: `container ${containerOf(target)} does not mount the volume at ${known.map(({ path }) => path).join(', ')}`,
    remedy:
      'mount the volume in the app container too, or set REHUP_TARGET=container:<name> if the app takes the content from its environment',
  };
}
