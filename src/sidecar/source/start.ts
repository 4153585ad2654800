import { nextFolder } from '../../config/canary.ts';
import type { Config, RuleConfig } from '../../config/load.ts';
import { sourceFolder } from '../../config/parse-source.ts';
import { createKubeClient, type KubeClient } from '../../kubernetes/client.ts';
import { inClusterConnection } from '../../kubernetes/in-cluster.ts';
import { readNamespace } from '../../kubernetes/identity.ts';
import { createNotice } from '../../kubernetes/notice.ts';
import { patiently } from '../../kubernetes/patiently.ts';
import { inBackground } from '../../system/background.ts';
import type { Clock } from '../../system/clock.ts';
import { describeBug } from '../../system/errors.ts';
import type { Use } from '../../system/resources.ts';
import type { EventBus } from '../events.ts';
import { runSource, type SourceInput } from './source.ts';

export type StartInput = {
  config: Config;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  random: () => number;
  events: EventBus;
  use: Use;
};

/** Begins to bring what the rules take from the API; returns once all of it has been brought. */
export async function startSources(input: StartInput, signal: AbortSignal): Promise<void> {
  const { config, clock, random, events, use } = input;
  const notice = createNotice('source', events);
  const patience = { clock, random, onProblem: notice.bind(undefined, 'access') };
  const access = await patiently(async () => await openAccess(input.env), patience, signal);
  const { settle: quietMs, settleMax: maxMs } = config.settings;
  await Promise.all(
    directoriesOf(config.rules).map(async (one) => {
      const source = { ...access, ...one, quietMs, maxMs, clock, random, events };
      const started = startOne(source, use, signal);
      // Nobody waits for what need not be there, and what is wrong with it is told.
      if (one.isOptional === true) void started.catch(() => {});
      else await started;
    }),
  );
}

async function startOne(source: SourceInput, use: Use, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', leave);
  use(
    inBackground(
      async (until) => await runSource(source, until, resolve),
      (error) => {
        source.events.emit('api-problem', { feature: 'source', ...describeBug(error) });
        reject(error);
      },
    ),
  );
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

type Access = { client: KubeClient; namespace: string };

/** The API, and the namespace of the pod; the pod itself is not asked for. Throws a KubeProblem. */
export async function openAccess(env: StartInput['env']): Promise<Access> {
  const client = createKubeClient(inClusterConnection(env));
  return { client, namespace: await readNamespace(env) };
}

type Directory = Pick<
  SourceInput,
  'rule' | 'root' | 'directory' | 'specs' | 'laterWins' | 'isOptional'
>;

function directoriesOf(rules: readonly RuleConfig[]): Directory[] {
  return rules.flatMap(({ name, settings: { source, publish, merge, canary } }) => {
    if (source === undefined || publish === undefined) return [];
    const common = { rule: name, directory: publish, laterWins: merge === 'later' };
    const stable = { ...common, root: sourceFolder(publish), specs: source };
    if (canary === undefined || !('source' in canary)) return [stable];
    const specs = [canary.source];
    return [stable, { ...common, root: nextFolder(publish), specs, isOptional: true }];
  });
}
