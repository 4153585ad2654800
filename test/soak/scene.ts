import { type BundledDaemon, startDaemon } from '../support/bundled-daemon.ts';
import type { KubeletVolume } from '../support/kubelet-volume.ts';
import { createPodScene } from '../support/pod-scene.ts';
import { programCommand } from '../support/start-program.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { MAIN_KEY, makePayload } from './content.ts';

export interface SoakScene extends AsyncDisposable {
  readonly volume: KubeletVolume;
  readonly daemon: BundledDaemon;
  readonly port: number;
  /** What the app has loaded so far, by signals. */
  readonly loads: () => string[];
  /** Who has ended, and how: nobody should. */
  readonly ended: () => readonly string[];
}

/**
 * A pod with one ConfigMap, an app that tells what it loads, and the bundle as the image runs it:
 * nothing configured but where it listens.
 */
export async function createSoakScene(): Promise<SoakScene> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await createTempDir('soak-'));
  const mounted = [{ volume: 'config' }];
  const pod = stack.use(
    await createPodScene({
      volumes: { config: { payload: makePayload(0) } },
      containers: { app: mounted, rehup: mounted },
    }),
  );
  const app = await pod.start('app', programCommand('handler', 'app', `/etc/config/${MAIN_KEY}`));
  await app.line('ready');
  const daemon = await startDaemon({
    dir: dir.path,
    env: { REHUP_LISTEN: '127.0.0.1:0' },
    start: async (command) => await pod.start('rehup', command),
  });
  const ended: string[] = [];
  for (const [who, { exited }] of [['the app', app] as const, ['rehup', daemon.process] as const]) {
    void exited.then(({ code, signal }) => ended.push(`${who} ended: ${signal ?? code}`));
  }
  const port = await daemon.port();
  const owned = stack.move();
  return {
    volume: pod.volume('config'),
    daemon,
    port,
    loads: () => app.lines.flatMap((line) => /^reloaded (.*)/.exec(line)?.[1] ?? []),
    ended: () => ended,
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  };
}
