import { hostname } from 'node:os';
import { type Clock, systemClock } from '../system/clock.ts';
import {
  type ConfigFollower,
  fingerprint,
  followConfig,
  type FollowInput,
  readConfig,
} from './follow-config.ts';
import { type Config, findConfigFile, type RawInput } from '../config/load.ts';
import type { Settings } from '../config/options.ts';
import { ConfigError, type ExitCode, exitCodes, type FatalError } from '../system/errors.ts';
import type { OpenOwnPod } from '../kubernetes/own-pod.ts';
import { createEventBus, type EventBus } from './events.ts';
import { assignMounts } from './mount/own.ts';
import type { Listener } from './ops/listen.ts';
import type { OpsInput } from './ops/serve.ts';
import { createHealth, longestTurnMs } from './report/health.ts';
import { createShowHash } from './report/hashes.ts';
import { createLogger, logEndpoint, logEvents, logProblem } from './report/log.ts';
import { trackStatus } from './report/status.ts';
import { trackHistory } from './report/status/history.ts';
import { countEvents, createTally } from './report/tally.ts';
import { createMemory, type Memory } from './rule/memory.ts';
import type { CountingRule } from './rule/create.ts';
import { withResources } from '../system/resources.ts';
import { runSession, type SessionInput } from './session.ts';
import type { Settler } from './settle.ts';
import { followSignals, type SignalSources } from './signals.ts';
import { createProcessTable, type ProcessTable } from './target/processes.ts';
import { createProcessTidier } from './tidy.ts';
import { createTrigger } from './trigger.ts';
import { describeWait, findWait, type WaitsFor } from './report/wait.ts';

export type App = SignalSources & {
  input: Omit<RawInput, 'file'>;
  terminal: boolean;
  /** Whether a log for people may have colours. */
  colors: boolean;
  version: string;
  /** Ends the process at once. */
  exit: (code: number) => void;
  /** What doctor would say at the start, as far as the log does not say it already. */
  examine: (input: ExamineInput, signal: AbortSignal) => Promise<void>;
  /** Told of everything that happens; may ask to stop. */
  onEvents?: (events: EventBus, stop: (reason: string, exitCode: ExitCode) => void) => void;
};

export type ExamineInput = {
  input: App['input'];
  config: Config;
  clock: Clock;
  events: EventBus;
  table: ProcessTable;
};

/** The composition root: what rehup is made of, from settings to reports. Returns when asked to stop. */
export async function runApp(app: App): Promise<ExitCode> {
  const { input, version } = app;
  const clock = systemClock;
  const table = createProcessTable();
  const path = findConfigFile(input);
  const load = async (): Promise<Loaded> => {
    const config = await readConfig(input);
    return { config, mounts: assignMounts(config, path) };
  };
  const seen = path === undefined ? '' : fingerprint(path);
  let loaded = await load();
  const { settings } = loaded.config;

  const events = createEventBus();
  const format = settings.logFormat ?? (app.terminal ? 'pretty' : 'json');
  const logger = await createLogger({ level: settings.logLevel, format, colors: app.colors });
  const showHash = createShowHash(() => loaded.mounts);
  const tally = createTally();
  const health = createHealth(clock, longestTurnMs(loaded.config.rules));
  logEvents(events, logger, showHash);
  const uses = (name: 'source' | 'keep'): boolean =>
    loaded.config.rules.some(({ settings: { [name]: value } }) => value !== undefined);
  if (uses('source')) (await import('./source/report.ts')).logSource(events, logger);
  if (uses('keep')) (await import('./keep/report.ts')).logKept(events, logger, showHash);
  countEvents(events, tally, showHash, clock.now);
  const tracked = trackStatus(events, { version, showHash, now: clock.now });
  const history = trackHistory(events, { clock, showHash });

  const stop = new AbortController();
  let endsWith: ExitCode = exitCodes.stopped;
  const end = (reason: string, exitCode: ExitCode = exitCodes.stopped): void => {
    endsWith = exitCode;
    events.emit('stopping', { reason });
    stop.abort();
    // Whatever still holds on to the event loop must not use up the pod's grace period.
    setTimeout(() => app.exit(exitCode), LEAVE_WITHIN_MS).unref();
  };
  app.onEvents?.(events, end);
  let settler: Settler | undefined;
  let running: readonly CountingRule[] = [];
  const waits = (): WaitsFor | undefined => findWait(health, settler, clock);
  const trigger = createTrigger(
    events,
    (hint) => settler?.hint(hint),
    () => {
      const wait = waits();
      return wait && describeWait(wait);
    },
  );

  await withResources(async (use) => {
    use(followSignals(app, { end, lookAgain: () => trigger.force('signal') }));
    const { node } = process.versions;
    const podName = input.env['POD_NAME'] ?? hostname();
    const status = {
      tracked,
      history,
      rules: () => running,
      waits,
      mounts: () => loaded.mounts,
      showHash,
      clock,
      node,
      pod: podName,
      namespace: input.env['POD_NAMESPACE'],
      lags: () => tally.kubeletLag,
    };
    const tidier = use(createProcessTidier());
    events.on('watching', tidier.soon).on('turn-ended', tidier.whenWorthwhile);
    const { run } = trigger;
    const build = { version, node };
    const ops = { health, status, tally, build, trigger: run, onServed: tidier.whenWorthwhile };
    for (const endpoint of await openEndpoints(settings, ops)) {
      logEndpoint(logger, await use(endpoint).started);
    }
    const memory = await openMemory(settings, (problem) => logProblem(logger, problem));
    const follower =
      path === undefined ? undefined : use(follow(path, { seen, load, events, clock }));
    const openOwnPod = createLazyOpener(input.env);
    if (settings.events !== 'false') {
      const { writePodEvents } = await import('./pod-events/follow.ts');
      const warningsOnly = settings.events === 'warnings';
      use(writePodEvents({ events, openOwnPod, clock, warningsOnly }));
    }
    const { config } = loaded;
    // After the first turn: an update that came while rehup was down must not wait for it.
    events.once(
      'turn-ended',
      () => void examineOnce({ ...app, config, clock, events, table }, stop.signal),
    );
    for (;;) {
      const session: SessionInput = {
        ...loaded,
        podName,
        env: input.env,
        openOwnPod,
        clock,
        events,
        health,
        memory,
        table,
        leave: end,
        onSettler: (current) => {
          settler = current;
        },
        onRules: (current) => {
          running = current;
        },
      };
      health.begin(longestTurnMs(loaded.config.rules));
      const next = await runUntilChange(session, follower, stop.signal);
      if (next === undefined) return;
      loaded = next;
      const rules = next.config.rules.map(({ name }) => name);
      events.emit('config-changed', { path: path ?? '', rules });
    }
  });
  return endsWith;
}

/** Nothing depends on it: what is gone or changed while it is looked at is told by `rehup doctor`. */
async function examineOnce(
  { examine, ...input }: ExamineInput & App,
  signal: AbortSignal,
): Promise<void> {
  await examine(input, signal).catch(() => {});
}

type Loaded = Pick<SessionInput, 'config' | 'mounts'>;

/** One session, until it is to stop or there is another configuration, which is returned. */
async function runUntilChange(
  session: SessionInput,
  follower: ConfigFollower<Loaded> | undefined,
  stop: AbortSignal,
): Promise<Loaded | undefined> {
  // Whichever ends first, a session that fails or a file that has changed, ends the other.
  const change = new AbortController();
  const abort = (): void => change.abort();
  const lifetime = AbortSignal.any([stop, change.signal]);
  const [ended, next] = await Promise.allSettled([
    runSession(session, { soon: lifetime, now: stop }).finally(abort),
    follower?.next(lifetime).finally(abort),
  ]);
  if (stop.aborted) return undefined;
  if (next.status === 'fulfilled' && next.value !== undefined) return next.value;
  throw ended.status === 'rejected' ? ended.reason : new Error('the session ended by itself');
}

type Follow = Pick<FollowInput<Loaded>, 'seen' | 'load' | 'clock'> & { events: EventBus };

function follow(
  path: string,
  { events, ...input }: Follow,
): ReturnType<typeof followConfig<Loaded>> {
  const onKept = (error: FatalError): void => {
    const problems = error instanceof ConfigError ? { problems: error.problems } : {};
    events.emit('config-kept', { path, reason: error.message, ...problems });
  };
  return followConfig({ path, ...input, onKept });
}

/** From SIGTERM to the end: part of the contract are 5 s. */
const LEAVE_WITHIN_MS = 4500;

/** Whoever neither listens nor keeps a state needs none of the network modules. */
async function openEndpoints(settings: Settings, ops: OpsInput): Promise<readonly Listener[]> {
  if (settings.listen === 'off' && settings.stateDir === undefined) return [];
  const endpoints = await import('./ops/endpoints.ts');
  return endpoints.openEndpoints(settings, ops);
}

type OnProblem = (problem: { reason: string; remedy: string }) => void;

async function openMemory({ stateDir }: Settings, onProblem: OnProblem): Promise<Memory> {
  if (stateDir === undefined) return createMemory();
  const { openMemory: open } = await import('./state/file.ts');
  return open(stateDir, onProblem);
}

/** The client of the Kubernetes API is loaded by what needs it, and shared by all that does. */
function createLazyOpener(env: RawInput['env']): OpenOwnPod {
  let open: Promise<OpenOwnPod> | undefined;
  return async (signal) => {
    open ??= import('../kubernetes/own-pod.ts').then(({ createOwnPodOpener }) =>
      createOwnPodOpener(env),
    );
    return await (
      await open
    )(signal);
  };
}
