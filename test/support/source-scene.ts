import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createKubeClient } from '../../src/kubernetes/client.ts';
import { parseSources } from '../../src/config/parse-source.ts';
import { createEventBus, type Events } from '../../src/sidecar/events.ts';
import { runSource } from '../../src/sidecar/source/source.ts';
import { inBackground } from '../../src/system/background.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type ApiServer, startApiServer, TOKEN } from './api-server.ts';
import type { Authority } from './certificates.ts';
import { createTempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

type Told<Name extends keyof Events> = Events[Name][0];

/** What comes from an API server, in a directory. */
export interface SourceScene extends AsyncDisposable {
  readonly api: ApiServer;
  readonly root: string;
  /** What an app sees: path → content. */
  readonly files: () => Readonly<Record<string, string>>;
  /** Waits until an app sees exactly that. */
  readonly shows: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly generation: () => string;
  readonly delivered: readonly Told<'source-delivered'>[];
  readonly refused: readonly Told<'source-refused'>[];
  readonly problems: readonly Told<'api-problem'>[];
  readonly recovered: () => number;
  readonly gone: readonly Told<'source-object-gone'>[];
  /** A ConfigMap of the namespace `web`, with the label `dash=1`, if nothing else is given. */
  readonly put: (name: string, data: Readonly<Record<string, string>>, more?: More) => void;
  readonly remove: (name: string, where?: Pick<More, 'namespace' | 'resource'>) => void;
  /** Ends it, and begins again with what is in the directory. */
  readonly restart: () => Promise<void>;
}

export interface More {
  readonly resource?: 'configmaps' | 'secrets';
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export interface SourceSceneOptions {
  readonly authority: Authority;
  readonly source?: string;
  /** Objects by their names may as well not be there. */
  readonly isOptional?: boolean;
  /** REHUP_MERGE=later. */
  readonly laterWins?: boolean;
  /** Before it begins. */
  readonly prepare?: (scene: Pick<SourceScene, 'api' | 'put' | 'root'>) => void;
}

export async function createSourceScene(options: SourceSceneOptions): Promise<SourceScene> {
  const {
    authority,
    source = 'configmap?label=dash=1',
    laterWins = false,
    prepare,
    isOptional = false,
  } = options;
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await createTempDir());
  const root = join(dir.path, 'published');
  const { pem: tls } = await authority.issue('kubernetes');
  const api = stack.use(await startApiServer({ tls }));
  const put: SourceScene['put'] = (name, data, more = {}) => {
    const { resource = 'configmaps', namespace = 'web', labels = { dash: '1' }, ...rest } = more;
    const { annotations, creationTimestamp, binaryData } = rest;
    const metadata = {
      labels,
      ...(annotations && { annotations }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    };
    const content = { data, ...(binaryData && { binaryData }) };
    api.objects.put({ resource, namespace, name }, { metadata, ...content });
  };
  prepare?.({ api, put, root });

  const events = createEventBus();
  const delivered: Told<'source-delivered'>[] = [];
  const refused: Told<'source-refused'>[] = [];
  const problems: Told<'api-problem'>[] = [];
  const gone: Told<'source-object-gone'>[] = [];
  let recovered = 0;
  events.on('source-delivered', (told) => delivered.push(told));
  events.on('source-refused', (told) => refused.push(told));
  events.on('api-problem', (told) => problems.push(told));
  events.on('api-recovered', () => (recovered += 1));
  events.on('source-object-gone', (told) => gone.push(told));

  const client = createKubeClient({
    server: new URL(`https://127.0.0.1:${api.port}`),
    options: async () => ({
      ca: readFileSync(authority.caFile),
      headers: { authorization: `Bearer ${TOKEN}` },
    }),
  });
  const failures: Error[] = [];
  const begin = (): AsyncDisposable =>
    inBackground(
      async (signal) =>
        await runSource(
          {
            client,
            namespace: 'web',
            rule: 'default',
            specs: parseSources(source),
            root,
            directory: '/etc/dashboards',
            laterWins,
            isOptional,
            quietMs: 20,
            maxMs: 500,
            clock: systemClock,
            // The shortest pauses there are.
            random: () => 0,
            events,
          },
          signal,
          () => {},
        ),
      (error) => failures.push(error),
    );
  let running = begin();
  stack.defer(async () => {
    await running[Symbol.asyncDispose]();
    if (failures[0] !== undefined) throw failures[0];
  });

  const files = (): Record<string, string> => readFiles(join(root, '..data'));
  const owned = stack.move();
  return {
    api,
    root,
    files,
    shows: async (wanted) => {
      const text = showFiles(wanted);
      await waitFor(`the files ${text}`, () => {
        const now = showFiles(files());
        if (now === text) return true;
        throw new Error(`there is ${now}; problems: ${JSON.stringify(problems)}`);
      });
    },
    generation: () => readlinkSync(join(root, '..data')),
    delivered,
    refused,
    problems,
    recovered: () => recovered,
    gone,
    put,
    remove: (name, { resource = 'configmaps', namespace = 'web' } = {}) =>
      api.objects.delete({ resource, namespace, name }),
    restart: async () => {
      await running[Symbol.asyncDispose]();
      running = begin();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function showFiles(files: Readonly<Record<string, string>>): string {
  const paths = Object.keys(files).toSorted();
  return JSON.stringify(paths.map((path) => [path, files[path]]));
}

/** As an app walks through a directory, links and all; hidden names are not for it. */
function readFiles(root: string): Record<string, string> {
  if (!existsSync(root)) return {};
  const names = readdirSync(root).filter((name) => !name.startsWith('..'));
  return Object.fromEntries(
    names.flatMap((name) => {
      try {
        return [[name, readFileSync(join(root, name), 'utf8')]];
      } catch {
        const inner = readFiles(join(root, name));
        return Object.entries(inner).map(([key, text]) => [`${name}/${key}`, text]);
      }
    }),
  );
}
