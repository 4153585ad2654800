import { expect, it } from 'vitest';

import { createKubeletVolume, type Generation, type Payload } from '../support/kubelet-volume.ts';
import {
  normaliseWatchEvents,
  recordWatchEvents,
  type WatchEvent,
} from '../support/watch-recorder.ts';
import { apply, isAtLeast, kubeletVersion, randomName, type Version } from './support/cluster.ts';
import { isStarted, type LinePredicate, type LogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { appContainer, configMap, configMapVolume, podManifest } from './support/pod-spec.ts';
import { startPod } from './support/pod.ts';

interface Update {
  readonly what: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const MOUNT = '/etc/app';

const namespace = useNamespace();

it.each<Update>([
  { what: 'a changed value', before: { a: '1', b: '1' }, after: { a: '2', b: '1' } },
  { what: 'an added key', before: { a: '1' }, after: { a: '1', d: '1' } },
  { what: 'a removed key', before: { a: '1', b: '1' }, after: { a: '1' } },
])('the real kubelet makes the same events as its double: $what', async ({ before, after }) => {
  const generation = generationOf(await kubeletVersion());

  const [real, double] = await Promise.all([
    recordKubelet(before, after),
    recordDouble(generation, before, after),
  ]);

  console.log(`e2e: kubelet (${generation}): ${real.map((event) => event.join(' ')).join(', ')}`);
  expect(real).toEqual(double);
});

/** See the table of generations in the double. */
function generationOf(version: Version): Generation {
  if (isAtLeast(version, 30)) return 'G3';
  return isAtLeast(version, 22) ? 'G2' : 'G0';
}

async function recordKubelet(
  before: Update['before'],
  after: Update['after'],
): Promise<readonly WatchEvent[]> {
  const name = randomName('pod');
  const manifest = podManifest({
    namespace: namespace(),
    name,
    containers: [appContainer({ env: { APP_WATCH: MOUNT }, mounts: { config: MOUNT } })],
    volumes: { config: configMapVolume(name) },
  });
  await using pod = await startPod(manifest, [configMap(namespace(), name, before)]);
  await pod.waitForLine('app', 'that it watches', isStarted);
  const oldDirectory = await pod.exec('app', 'readlink', `${MOUNT}/..data`);

  await apply([configMap(namespace(), name, after)]);
  // Its removal ends the update; it was made before the watch was.
  const isEnd: LinePredicate = (line) => isWatchEvent(line) && line.name === oldDirectory;
  await pod.pokeUntil(pod.waitForLine('app', 'that the old directory is gone', isEnd));

  const lines = (await pod.logs('app')).filter(isWatchEvent);
  return normaliseWatchEvents(
    lines.map(({ event = '', name: file = null }) => ({ event, name: file })),
  );
}

function isWatchEvent(line: LogLine): boolean {
  return line.app === 'watch';
}

async function recordDouble(
  generation: Generation,
  before: Payload,
  after: Payload,
): Promise<readonly WatchEvent[]> {
  await using volume = await createKubeletVolume({ generation });
  await volume.write(before);
  using recorder = recordWatchEvents(volume.root);
  await volume.write(after);
  // The recording begins after the first write, so the new directory is seen, and numbered, first.
  return await recorder.until((events) => events.some(([, file]) => file === 'TS2'));
}
