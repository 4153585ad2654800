import { createPodScene, type PodScene } from '../../test/support/pod-scene.ts';
import type { LineProcess } from '../../test/support/line-process.ts';
import { appProgram } from './app.ts';
import { NotMeasured } from './figure.ts';
import { insideCommand } from './inside.ts';
import { payloadOf } from './kubelet-writer.ts';

const VOLUME = 'config';

/** Where every container of the double mounts its volume. */
export const DOUBLE_MOUNT = `/etc/${VOLUME}`;

/** The namespaces and mounts of a pod, made on this machine, with the app running in it. */
export type Double = {
  scene: PodScene;
  app: LineProcess;
  /** Runs a program of the folder `inside` as the container `rehup`, and returns the JSON that it prints. */
  run: <T>(program: string, ...args: readonly string[]) => Promise<T>;
};

/** @param port Where the app listens for a POST, too; nowhere by default. */
export async function startDouble(stack: AsyncDisposableStack, port?: number): Promise<Double> {
  if (process.geteuid?.() !== 0) throw new NotMeasured('it takes root to make namespaces');
  const mounted = [{ volume: VOLUME }];
  const scene = stack.use(
    await createPodScene({
      volumes: { [VOLUME]: { payload: payloadOf(0) } },
      containers: { app: mounted, rehup: mounted },
    }),
  );
  const app = await scene.start('app', [
    process.execPath,
    '--eval',
    appProgram(DOUBLE_MOUNT, port),
  ]);
  await app.line('ready');
  return {
    scene,
    app,
    run: async (program, ...args) => {
      const started = await scene.start('rehup', insideCommand(program, args));
      const { code } = await started.exited;
      if (code !== 0) throw new Error(`${program}: ${started.stderr.join('\n')}`);
      return JSON.parse(started.lines.at(-1) ?? '');
    },
  };
}
