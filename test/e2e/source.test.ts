import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { readMemory } from './support/footprint.ts';
import { type ConfigMaps, labelled, openConfigMaps } from './support/labelled.ts';
import { hasRead, isStarted, type LogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { appContainer, configMap, type DataObject, emptyDir, secret } from './support/pod-spec.ts';
import type { Pod } from './support/pod.ts';
import { readRules } from './support/rbac.ts';
import { startSidecarPod } from './support/sidecar-pod.ts';
import { serviceAccount } from './support/workloads.ts';

const UPDATES = 20;
const OBJECTS = 500;
const MEBIBYTE = 2 ** 20;
const APP_MOUNT = '/etc/app';
const GREETING = `${APP_MOUNT}/greeting`;
const FOLDER = 'k8s-sidecar-target-directory';

const namespace = useNamespace();

interface Scene extends AsyncDisposable {
  readonly name: string;
  readonly pod: Pod;
  readonly maps: ConfigMaps;
  /** A ConfigMap that is taken. */
  readonly map: (
    name: string,
    data: Readonly<Record<string, string>>,
    annotations?: Readonly<Record<string, string>>,
  ) => DataObject;
  /** Waits until the app sees exactly these files. */
  readonly shows: (paths: readonly string[]) => Promise<void>;
}

interface SceneOptions {
  readonly source: (name: string) => string;
  readonly role: string;
  readonly prepare?: (scene: Pick<Scene, 'name' | 'maps' | 'map'>) => Promise<void>;
}

async function start({ source, role, prepare }: SceneOptions): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const name = randomName('source');
  const stop = new AbortController();
  stack.defer(() => stop.abort());
  const maps = openConfigMaps(stop.signal);
  const map: Scene['map'] = (of, data, annotations) =>
    labelled(configMap(namespace(), of, data), name, annotations);
  await prepare?.({ name, maps, map });
  const { pod } = stack.use(
    await startSidecarPod({
      namespace: namespace(),
      name: `${name}-pod`,
      data: {},
      serviceAccountName: name,
      objects: serviceAccount({ namespace: namespace(), name, rules: readRules(role, [name]) }),
      apps: [appContainer({ env: { APP_FILES: GREETING }, mounts: { published: APP_MOUNT } })],
      volumes: { published: emptyDir },
      rehup: {
        env: { REHUP_SOURCE: source(name), REHUP_PUBLISH: '/published' },
        mounts: { published: '/published' },
      },
    }),
  );
  await pod.waitForLine('app', 'that it has started', isStarted);
  const owned = stack.move();
  return {
    name,
    pod,
    maps,
    map,
    shows: async (paths) => {
      await waitForCluster(`${paths.length} files`, async () => {
        const listed = JSON.parse(await pod.exec('app', 'node', '-e', LIST, APP_MOUNT)) as string[];
        expect(listed).toEqual(paths);
        return true;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As an app walks through a directory: links are followed, hidden names are not. */
const LIST = `
const { readdirSync, statSync } = require('fs');
const walk = (dir) => readdirSync(dir).filter((name) => !name.startsWith('..')).flatMap((name) =>
  statSync(dir + '/' + name).isDirectory() ? walk(dir + '/' + name) : [dir + '/' + name]);
console.log(JSON.stringify(walk(process.argv[1]).map((path) => path.slice(process.argv[1].length + 1)).sort()));
`;

describe('content from the API', () => {
  it('reaches the app within a second, without the kubelet, and in one reload each', async () => {
    await using scene = await start({
      source: (name) => `configmap?label=dash=${name}`,
      role: 'source-labels.yaml',
      prepare: async ({ maps, map }) => await maps.create([map('greeting', { greeting: 'one' })]),
    });
    const { pod, maps, map } = scene;
    const latencies: number[] = [];
    // What there was at the start may have needed a reload, or not.
    await pod.waitForLine(
      'rehup',
      'what came of the start',
      ({ outcome }) => outcome !== undefined,
    );
    const before = (await pod.logs('rehup')).filter(hasProved).length;
    for (let update = 1; update <= UPDATES; update += 1) {
      const text = `update ${update}`;
      const sentAt = await maps.patch(map('greeting', { greeting: text }));
      const line = await pod.waitForLine('app', `"${text}"`, hasRead(GREETING, text));
      latencies.push((line.time ?? Number.NaN) - sentAt);
      // The next update must not join a reload that is still being checked.
      await pod.waitForLine('rehup', 'that it is proved', hasProved, { nth: before + update });
    }
    const sorted = latencies.toSorted((one, other) => one - other);
    print('from the request to the reloaded app, median', `${sorted[UPDATES / 2]} ms`);
    print('longest', `${sorted.at(-1)} ms`);
    expect(sorted[UPDATES / 2]).toBeLessThan(2000);
    const reloads = (await pod.logs('app')).filter((line) => hasReadAny(line));
    expect(reloads.length).toBeLessThanOrEqual(UPDATES + 1);
  });

  it(`is all of ${OBJECTS} labelled ConfigMaps, in their folders, and goes with them`, async () => {
    await using scene = await start({
      source: (name) => `configmap?label=dash=${name}`,
      role: 'source-labels.yaml',
      prepare: async ({ maps, map }) => await maps.create(many(map)),
    });
    const { pod, maps, map } = scene;
    await scene.shows(pathsOf(0));
    const memory = await readMemory(pod, 'rehup');
    print(
      `anonymous memory with ${OBJECTS} objects`,
      `${(memory.anonymous / MEBIBYTE).toFixed(1)} MiB`,
    );

    const objects = many(map);
    await maps.remove(objects.slice(0, OBJECTS / 2));
    await scene.shows(pathsOf(OBJECTS / 2));
    expect(await pod.logs('rehup')).not.toContainEqual(
      expect.objectContaining({ msg: 'kubernetes api problem' }),
    );
  });

  it('comes by name as well: a ConfigMap and a Secret, whose content is in no line', async () => {
    await using scene = await start({
      source: (name) => `configmap/${name},secret/${name}`,
      role: 'source.yaml',
      prepare: async ({ name }) => {
        await apply([
          configMap(namespace(), name, { greeting: 'one' }),
          secret(namespace(), name, { password: 'first-password' }),
        ]);
      },
    });
    const { name, pod } = scene;
    await scene.shows(['greeting', 'password']);
    await apply([secret(namespace(), name, { password: 'second-password' })]);
    await waitForCluster('the new password', async () => {
      return (await pod.exec('app', 'cat', `${APP_MOUNT}/password`)) === 'second-password';
    });
    const log = (await pod.logs('rehup')).map(({ text }) => text).join('\n');
    expect(log).not.toContain('-password');
  });
});

function hasProved({ outcome }: LogLine): boolean {
  return outcome === 'published';
}

function hasReadAny({ app }: LogLine): boolean {
  return app === 'reloaded';
}

function many(map: Scene['map']): DataObject[] {
  return Array.from({ length: OBJECTS }, (_, index) => {
    const folder = { [FOLDER]: `team-${index % 5}` };
    return map(`dash-${index}`, { [`dash-${index}.json`]: `{"title": "${index}"}` }, folder);
  });
}

function pathsOf(from: number): string[] {
  const indexes = Array.from({ length: OBJECTS - from }, (_, index) => index + from);
  return indexes.map((index) => `team-${index % 5}/dash-${index}.json`).toSorted();
}

function print(what: string, value: string): void {
  console.log(`e2e: ${what}: ${value}`);
}
