import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

import { createHttpApp, status } from '../../test/support/http-app.ts';
import { createKubeletVolume } from '../../test/support/kubelet-volume.ts';
import { createTempDir } from '../../test/support/temp-dir.ts';

const root = new URL('../..', import.meta.url).pathname;

/** One of the rehups that are scraped, and what is done to it. */
export type Pod = AsyncDisposable & {
  name: string;
  port: number;
  update: () => Promise<void>;
  /** A swap that brings what is there already. */
  swap: () => Promise<void>;
  /** Content that is not valid: it is held, and the app keeps what it has. */
  spoil: () => Promise<void>;
  /** Whether the app answers a reload with an error from now on. */
  fail: (isFailing: boolean) => void;
};

/** A volume like the kubelet's, an app that is reloaded over HTTP, and a real rehup between them. */
export async function startPod(
  name: string,
  { port, publishes }: { port: number; publishes: boolean },
): Promise<Pod> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempDir('rehup-picture-'));
  const volume = stack.use(await createKubeletVolume({ root: join(folder.path, 'config') }));
  const app = stack.use(await createHttpApp());
  let version = 1;
  const write = (text = `{"version": ${version}}`): Promise<unknown> =>
    volume.write({ 'app.json': text });
  await write();
  const env = {
    REHUP_WATCH: volume.root,
    REHUP_URL: app.url,
    REHUP_VALIDATE: '*=json',
    ...(publishes && { REHUP_PUBLISH: join(folder.path, 'published') }),
    REHUP_LISTEN: `127.0.0.1:${port}`,
    REHUP_SURVIVE: '0s',
    REHUP_RETRY_MAX_DELAY: '10s',
  };
  const rehup = execa(process.execPath, [join(root, 'cmd/main.ts')], {
    env,
    extendEnv: false,
    reject: false,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  stack.defer(async () => {
    rehup.kill('SIGTERM');
    await rehup;
  });
  const owned = stack.move();
  return {
    name,
    port,
    update: async () => {
      version += 1;
      await write();
    },
    swap: async () => {
      await volume.write({ 'app.json': `{"version": ${version}}`, 'other.json': '{}' });
      await write();
    },
    spoil: async () => {
      version += 1;
      await write(`{"version": ${version}`);
    },
    fail: (isFailing) => app.answer(isFailing ? status(500) : answerSlowly()),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** As an app does that reads files and opens connections: the answer takes 5 to 100 ms. */
function answerSlowly(): ReturnType<typeof status> {
  return (response) => {
    void delay(5 + Math.random() * 95).then(() => response.writeHead(200).end('ok\n'));
  };
}
