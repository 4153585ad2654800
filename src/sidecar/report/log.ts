import { pino, type DestinationStream, type Logger } from 'pino';
import type { CanaryNow, Decision, EventBus, RulePreview } from '../events.ts';
import type { Started } from './endpoint.ts';
import type { Outcome } from '../outcome.ts';
import { describeChanges, oneOrAll } from '../snapshot/diff.ts';
import { describeProcess } from '../target/containers.ts';
import type { Process } from '../target/processes.ts';
import { escapeJson } from '../../system/escape.ts';
import type { ShowHash } from './hashes.ts';

export type LogSettings = {
  level: 'debug' | 'info' | 'warn' | 'error';
  format: 'json' | 'pretty';
  colors?: boolean;
};

/** The fixed phrases, one per kind of decision; all else is fields. */
export const phrases = {
  watching: 'watching',
  updateSeen: 'update seen',
  reloaded: 'reloaded',
  reloadFailed: 'reload failed',
  published: 'published',
  held: 'held',
  shown: 'the app sees',
  wouldReload: 'would reload',
  nothingToDo: 'nothing to do',
  triggerWaits: 'trigger waits',
  watchModeSet: 'watch mode set',
  mountProblem: 'mount cannot be read',
  mountRecovered: 'mount can be read again',
  targetProblem: 'target cannot be reloaded',
  targetRecovered: 'target can be reloaded',
  targetAwaited: 'no target yet',
  finding: 'doctor',
  listening: 'listening',
  notListening: 'not listening',
  circuitOpen: 'no further attempt with this content',
  circuitClosed: 'attempts go on',
  configChanged: 'configuration changed',
  configKept: 'configuration kept',
  waiting: 'waiting',
  impaired: 'going on without',
  apiProblem: 'kubernetes api problem',
  apiRecovered: 'kubernetes api works again',
  promptStarted: 'prompt sync set up',
  promptIdle: 'waiting for the kubelet',
  syncAsked: 'kubelet asked to sync',
  objectDeleted: 'object deleted',
  rollout: 'rollout',
  wave: 'wave',
  canary: 'canary',
  commandOutput: 'command output',
  stopping: 'stopping',
} as const;

export async function createLogger(
  { level, format, colors = false }: LogSettings,
  stream?: DestinationStream,
): Promise<Logger> {
  const settings = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Written at once: a line that explains why we leave must not be lost in a buffer.
  const destination = stream ?? pino.destination({ sync: true });
  if (format === 'json') {
    return pino(settings, { write: (line) => destination.write(escapeJson(line)) });
  }
  const { createPrettyStream: toPretty } = await import('./pretty.ts');
  return pino(settings, toPretty(destination, { colors, details: level === 'debug' }));
}

/** Something beside the reloads does not work; they go on. */
export function logProblem(logger: Logger, problem: { reason: string; remedy: string }): void {
  logger.warn(problem, phrases.impaired);
}

/** Whether the endpoints of rehup itself could be opened. */
export function logEndpoint(logger: Logger, started: Started): void {
  if ('reason' in started) logger.warn(started, phrases.notListening);
  else logger.debug(started, phrases.listening);
}

/** One line per decision. Paths, key names and hashes; never contents. */
export function logEvents(events: EventBus, logger: Logger, showHash: ShowHash): void {
  events.on('watching', ({ rules }) => {
    for (const preview of rules) logger.info(describePreview(preview), phrases.watching);
    for (const { rule, awaited } of rules) {
      if (awaited) logger.info({ rule, reason: awaited.reason }, phrases.targetAwaited);
    }
  });
  events.on('reloadable', ({ rule, failure, news }) => {
    if (!news) return;
    const { outcome, reason, remedy, check } = failure ?? {};
    if (failure) logger.warn({ rule, outcome, reason, remedy, check }, phrases.targetProblem);
    else logger.info({ rule }, phrases.targetRecovered);
  });
  events.on('watch-mode', (notice) => {
    if (notice.reason === undefined) logger.debug(notice, phrases.watchModeSet);
    else logger.warn(notice, phrases.watchModeSet);
  });
  events.on('mount-problem', ({ mount, problem }) => {
    logger.warn({ mount, ...problem }, phrases.mountProblem);
  });
  events.on('mount-recovered', (fields) => logger.info(fields, phrases.mountRecovered));
  events.on('update-seen', ({ rule, changes, hash }) => {
    const fields = { rule, ...describeChanges(changes), hash: showHash(hash, { rule }) };
    logger.info(fields, phrases.updateSeen);
  });
  events.on('trigger-waits', (fields) => logger.info(fields, phrases.triggerWaits));
  events.on('hint', (fields) => logger.debug(fields, 'hint'));
  events.on('decided', (decision) => {
    const [level, phrase] = classify(decision.outcome);
    logger[level](describeDecision(decision, showHash), phrase);
  });
  events.on('published', (now) => logger.debug({ ...now, hashes: undefined }, phrases.shown));
  events.on('circuit', ({ rule, open }) => {
    const remedy = 'correct the content; the next version of it gets its chance';
    if (open) logger.error({ rule, remedy }, phrases.circuitOpen);
    else logger.info({ rule }, phrases.circuitClosed);
  });
  events.on('finding', (fields) => logger.warn(fields, phrases.finding));
  events.on('config-changed', (fields) => logger.info(fields, phrases.configChanged));
  events.on('config-kept', (fields) => logger.error(fields, phrases.configKept));
  logKubernetes(events, logger);
  events.on('exec-output', (fields) => logger.info(fields, phrases.commandOutput));
  events.on('stopping', (fields) => logger.info(fields, phrases.stopping));
}

function logKubernetes(events: EventBus, logger: Logger): void {
  events.on('api-problem', (fields) => logger.warn(fields, phrases.apiProblem));
  events.on('api-recovered', (fields) => logger.info(fields, phrases.apiRecovered));
  events.on('prompt-started', ({ objects }) => {
    if (objects.length > 0) logger.info({ object: oneOrAll(objects) }, phrases.promptStarted);
    else
      logger.warn({ reason: 'no ConfigMap or Secret is behind the mounts' }, phrases.promptStarted);
  });
  events.on('prompt-idle', ({ replicas }) => {
    const reason = `with ${replicas} replicas, asking all kubelets would be no faster`;
    logger.info({ reason }, phrases.promptIdle);
  });
  events.on('sync-asked', ({ objects, mounts }) => {
    logger.info({ object: oneOrAll(objects), mount: oneOrAll(mounts) }, phrases.syncAsked);
  });
  events.on('kubelet-lag', ({ mount, object, resourceVersion, lagMs, pending }) => {
    const lag = { lag_ms: round(lagMs), pending };
    logger.debug({ mount, object, resource_version: resourceVersion, ...lag }, 'kubelet lag');
  });
  events.on('rollout', (fields) => logger.info(fields, phrases.rollout));
  events.on('wave', ({ open, ...fields }) => {
    const level = fields.reason === undefined ? 'info' : 'warn';
    logger[level]({ ...fields, open_percent: open && round(100 * open) }, phrases.wave);
  });
  events.on('canary', ({ place, mounts, ...fields }) => {
    const level = CALM.includes(fields.why) ? 'info' : 'warn';
    logger[level]({ ...fields, mount: mounts[fields.source], place: round(place) }, phrases.canary);
  });
  events.on('object-deleted', ({ object }) => {
    const reason = 'its volumes keep the last content, and new pods cannot start';
    logger.warn({ object, reason, remedy: 'create it again' }, phrases.objectDeleted);
  });
}

/** Nobody has to do anything about it. */
const CALM: readonly CanaryNow['why'][] = ['chosen', 'not-chosen', 'no-next', 'first'];

type Level = 'debug' | 'info' | 'warn' | 'error';

function classify(outcome: Outcome): [Level, string] {
  switch (outcome) {
    case 'reloaded':
    case 'published':
      return ['info', phrases[outcome]];
    case 'held':
      return ['error', phrases.held];
    case 'dry-run':
      return ['info', phrases.wouldReload];
    case 'unchanged':
      // An update in two parts, a token that was renewed: nobody has to know.
      return ['debug', phrases.nothingToDo];
    case 'filtered':
    case 'already-current':
    case 'superseded':
      return ['info', phrases.nothingToDo];
    case 'waiting':
      return ['info', phrases.waiting];
    case 'target-died':
    case 'rolled-back':
      return ['error', phrases.reloadFailed];
    case 'no-target':
    case 'ambiguous-target':
    case 'no-handler':
    case 'not-permitted':
    case 'too-young':
    case 'not-ready':
    case 'invalid':
    case 'rejected':
    case 'unreachable':
    case 'timed-out':
    case 'unverified':
      return ['warn', phrases.reloadFailed];
    default:
      return outcome satisfies never;
  }
}

function describeDecision(decision: Decision, showHash: ShowHash): object {
  const { rule, action, outcome, changes, hash, targets, reason, remedy, check } = decision;
  return {
    rule,
    outcome,
    action,
    ...describeTargets(targets),
    ...describeChanges(changes),
    reason,
    remedy,
    check,
    hash: showHash(hash, { rule }),
    took_ms: round(decision.tookMs),
    swap_to_reload_ms: round(decision.swapToReloadMs),
    retry_in_ms: round(decision.retryInMs),
  };
}

function describePreview({ rule, action, mounts, targets }: RulePreview): object {
  return { rule, action, mount: oneOrAll(mounts), ...describeTargets(targets) };
}

function describeTargets(targets: readonly Process[]): { target?: string | string[] } {
  return targets.length === 0 ? {} : { target: oneOrAll(targets.map(describeProcess)) };
}

function round(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
