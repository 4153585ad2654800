import type { SourceSpec } from '../../config/parse-source.ts';
import { pauseAfter } from '../../kubernetes/backoff.ts';
import type { KubeClient } from '../../kubernetes/client.ts';
import { followCollection, type Scope } from '../../kubernetes/collection.ts';
import { createNotice, type Notice } from '../../kubernetes/notice.ts';
import { patiently } from '../../kubernetes/patiently.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import { createSettler } from '../settle.ts';
import { type Blobs, openBlobs } from './blobs.ts';
import { type Collector, createCollector } from './catalog.ts';
import { scopesOf } from './scopes.ts';
import { type Delivery, openDelivery } from './deliver.ts';
import { createTelling } from './tell.ts';

export type SourceInput = {
  client: KubeClient;
  /** The one of the pod. */
  namespace: string;
  /** The name of the rule that it is for. */
  rule: string;
  specs: readonly SourceSpec[];
  /** Where a volume in the kubelet's layout is to be kept. */
  root: string;
  /** The directory as the app knows it. */
  directory: string;
  /** Of two objects with the same key, that of the later source is taken. */
  laterWins: boolean;
  /** Objects by their names may as well not be there. */
  isOptional?: boolean;
  /** Quiet time after the last change, and the longest from the first, in milliseconds. */
  quietMs: number;
  maxMs: number;
  clock: Clock;
  random: () => number;
  events: EventBus;
};

/** Read by everybody, as the kubelet's files are. */
const MODE = 0o644;

/**
 * Acts as the kubelet of a volume whose content is taken from the API, until the signal: all objects
 * of the sources, in step with what becomes of them, and many changes that come together as one.
 *
 * @param onDelivered Told each time the directory holds everything there is, or did so before.
 */
export async function runSource(
  input: SourceInput,
  signal: AbortSignal,
  onDelivered: () => void,
): Promise<void> {
  const { client, specs, namespace, root, directory, clock, random, events } = input;
  const { quietMs, maxMs, laterWins, isOptional = false } = input;
  const notice = createNotice('source', events);
  const patience = { clock, random, onProblem: (problem?: KubeProblem) => notice('disk', problem) };
  const open = async (): Promise<{ blobs: Blobs; delivery: Delivery }> => {
    const blobs = openBlobs(root, MODE);
    return { blobs, delivery: openDelivery({ root, directory, laterWins, blobs }) };
  };
  const { blobs, delivery } = await patiently(open, patience, signal);
  if (delivery.isShown()) onDelivered();

  const settler = createSettler(clock, { quietMs, maxMs, splayMs: 0 });
  const changed = (): void => settler.hint({ source: 'inotify' });
  const parts = specs.flatMap((spec) =>
    scopesOf(spec, namespace).map((scope) => ({ spec, scope })),
  );
  const collectors = parts.map(({ spec, scope }) => {
    const part = createPart({ spec, scope, isOptional, notice, events, blobs, changed });
    const { kind } = scope;
    const name = `${kind} ${scope.namespace ?? '*'} ${'name' in scope ? scope.name : scope.labels}`;
    const onProblem = (problem: KubeProblem | undefined): void => notice(name, problem);
    const follow = async (): Promise<void> =>
      await followCollection({ client, clock, random, scope, sink: part, onProblem }, signal);
    return { ...part, follow };
  });

  const tell = createTelling(events, input);
  let part = '';
  /** Another conflict of keys is another problem. */
  const noticeDelivery = (problem: KubeProblem | undefined): void => {
    const next = problem?.kind === 'invalid' ? problem.message : 'disk';
    if (problem === undefined || next !== part) notice(part, undefined);
    part = next;
    notice(part, problem);
  };
  const deliverAgain = async (): Promise<void> => {
    for (let failures = 0; ;) {
      await settler.next(signal);
      // Half of what there is would look like the other half deleted.
      if (!collectors.every((one) => one.isRead())) continue;
      const begunMs = clock.elapsed();
      try {
        const plan = await delivery.deliver(collectors.map(({ collected }) => collected));
        noticeDelivery(undefined);
        failures = 0;
        tell(plan, clock.elapsed() - begunMs);
        onDelivered();
      } catch (error) {
        if (!(error instanceof KubeProblem)) throw error;
        noticeDelivery(error);
        failures += 1;
        settler.retryAt(clock.elapsed() + pauseAfter(error, failures, random()));
      }
    }
  };
  await Promise.all([deliverAgain(), ...collectors.map(async ({ follow }) => await follow())]);
}

type PartInput = {
  spec: SourceSpec;
  scope: Scope;
  isOptional: boolean;
  notice: Notice;
  events: EventBus;
  blobs: Blobs;
  changed: () => void;
};

/** A collector that knows whether it has everything. */
function createPart(input: PartInput): Collector & { isRead: () => boolean } {
  const { spec, scope, isOptional, notice, events, blobs, changed } = input;
  let isRead = false;
  const collector = createCollector({
    spec,
    blobs,
    isOptional,
    onChange: () => {
      if ('name' in scope) notice(`the object ${scope.name}`, undefined);
      // Before, nothing is delivered anyway.
      if (isRead) changed();
    },
    onDeleted: (object) => events.emit('source-object-gone', { object }),
    onRead: () => {
      // Read once more, it is news only where it differs.
      if (!isRead) changed();
      isRead = true;
    },
  });
  /** One by its name has to be there, as for a volume that is not optional. */
  const has = (): boolean => isOptional || !('name' in scope) || collector.collected.size > 0;
  return {
    ...collector,
    retain: (keys) => {
      collector.retain(keys);
      if ('name' in scope && keys.size === 0 && !has()) {
        notice(`the object ${scope.name}`, missing(scope));
      }
    },
    isRead: () => isRead && has(),
  };
}

function missing({ kind, name, namespace }: Scope & { name: string }): KubeProblem {
  return new KubeProblem({
    kind: 'not-found',
    message: `${kind} ${name} does not exist in namespace ${namespace ?? ''}: nothing is published before it does`,
    remedy: 'create it, or correct REHUP_SOURCE',
  });
}
