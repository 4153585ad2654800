import { setImmediate } from 'node:timers/promises';
import { exitCodes } from '../../../system/errors.ts';
import type { Failure } from '../../outcome.ts';
import type { Clock } from '../../../system/clock.ts';
import type { Action, ReloadRequest } from '../action.ts';
import type { Asked, AskedStore } from './asked.ts';
import type { Evidence } from './evidence.ts';

export type PodRestartInput = {
  store: AskedStore;
  /** Ends rehup, with this exit code. */
  leave: (reason: string, exitCode: typeof exitCodes.restartPod) => void;
  clock: Clock;
  /** When rehup was started, on `Clock.uptime`. */
  startedMs: number;
  /** How long the other containers may take to start. */
  timeoutMs: number;
  minIntervalMs: number;
};

/**
 * Has the kubelet restart the whole pod in place, by leaving with the exit code of a
 * RestartAllContainers rule. What comes of it is seen by the next run of rehup: it finds what was
 * asked for, and looks whether the other containers were started after it. Only that is a reload. And
 * only new content is a reason to leave: what is there at the start is what the others have read.
 */
export function createPodRestartAction(input: PodRestartInput): Action {
  const { store } = input;
  /** Asked for by an earlier run, or by one that has found out that it did not happen. */
  let isOpen = store.asked()?.open === true;
  let evidence: Evidence | undefined;
  const findRefused = (): Failure | undefined =>
    isOpen && evidence?.hasTimedOut() === true && !evidence.isRestarted()
      ? notRestarted(evidence)
      : undefined;
  return {
    kind: 'restart',
    needsTarget: false,
    endsTarget: true,
    actsOnSubPath: true,
    check: ({ force }) => (force === true ? undefined : findRefused()),
    perform: async (request, signal) => {
      if (isOpen && findRefused() === undefined) {
        evidence ??= await gatherEvidence(input);
        const failure = await awaitRestart(input, evidence, signal);
        if (failure) return failure;
        isOpen = false;
        store.ask({ ...(store.asked() ?? nothingAsked), open: false, listeners: [] });
        return undefined;
      }
      return await leave(input, request, signal);
    },
  };
}

const nothingAsked: Asked = { open: false, timesMs: [], listeners: [] };

async function gatherEvidence({ store, ...input }: PodRestartInput): Promise<Evidence> {
  const { createEvidence } = await import('./evidence.ts');
  return createEvidence({ ...input, listeners: store.asked()?.listeners ?? [] });
}

const LOOK_EVERY_MS = 100;

async function awaitRestart(
  { clock }: PodRestartInput,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  for (;;) {
    if (evidence.isRestarted()) return undefined;
    if (evidence.hasTimedOut()) return notRestarted(evidence);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Never returns where rehup leaves: what is left of it is to wait for its end. */
async function leave(
  { store, clock, minIntervalMs, leave: end }: PodRestartInput,
  { hash }: ReloadRequest,
  signal: AbortSignal,
): Promise<Failure> {
  const nowMs = clock.now();
  // A clock that was set back must not stand in the way forever.
  const past = (store.asked()?.timesMs ?? []).filter((timeMs) => timeMs <= nowMs).slice(-MOST);
  const tooSoon = findTooSoon(past, { nowMs, minIntervalMs });
  if (tooSoon) return tooSoon;
  const { readListeningInodes } = await import('./evidence.ts');
  const asked = { open: true, timesMs: [...past, nowMs], listeners: readListeningInodes() };
  if (!store.ask(asked)) return notWritten;
  // What is seen is told of first, and that is done soon.
  await setImmediate(undefined, { signal });
  const { restartPod } = exitCodes;
  end(`leaving with ${restartPod}, for the pod to be restarted with content ${hash}`, restartPod);
  await clock.sleep(LONGEST_MS, signal);
  throw new Error('rehup was to end, and did not');
}

/** In which so many restarts are more than configuration changes. */
const WINDOW_MS = 10 * 60_000;
const MOST = 5;

/** More than it takes to end. */
const LONGEST_MS = 60_000;

function findTooSoon(
  past: readonly number[],
  { nowMs, minIntervalMs }: { nowMs: number; minIntervalMs: number },
): Failure | undefined {
  const last = past.at(-1);
  const restMs = last === undefined ? 0 : last + minIntervalMs - nowMs;
  if (restMs > 0) {
    return {
      outcome: 'not-ready',
      reason: `the pod was restarted less than ${minIntervalMs} ms ago (REHUP_MIN_INTERVAL)`,
      remedy: 'none needed: it is restarted when that time has passed',
      retryAfterMs: restMs,
    };
  }
  const recent = past.filter((timeMs) => nowMs - timeMs < WINDOW_MS);
  const first = recent.at(-MOST);
  if (first === undefined) return undefined;
  return {
    outcome: 'not-ready',
    check: 'pod-restarts-too-often',
    reason: `rehup has had the pod restarted ${recent.length} times within 10 minutes`,
    remedy:
      'if a restart itself changes what is watched (an init container that writes it, say), leave that out: REHUP_WATCH or REHUP_EXCLUDE; else wait: it goes on by itself',
    retryAfterMs: first + WINDOW_MS - nowMs,
  };
}

const notWritten: Failure = {
  outcome: 'not-ready',
  check: 'state-directory-not-writable',
  reason:
    'the state directory cannot be written: after the restart rehup would not know that it had asked for it',
  remedy: 'mount an emptyDir at REHUP_STATE_DIR in the rehup container',
};

/** The rule, as it stands in the rehup container. */
const RULE =
  'restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]';

function notRestarted(evidence: Evidence): Failure {
  return {
    outcome: 'unverified',
    check: 'pod-not-restarted',
    reason: `rehup left with exit code 88, and was started again, but ${evidence.describe()}: the pod was not restarted, and has the old content`,
    remedy: `let the rehup container be a native sidecar with ${RULE}, on Kubernetes 1.36 or later (1.35 with the feature gate RestartAllContainersOnContainerExits; an older server drops the rule): rehup lint shows it; until then REHUP_RESTART=container or rollout`,
  };
}
