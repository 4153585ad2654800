import { createKubeletVolume } from './kubelet-volume.ts';
import type { KubeletVolume, KubeletVolumeOptions, Payload } from './kubelet-volume.ts';
import type { LineProcess } from './line-process.ts';
import { programCommand, startProgram, uniqueName } from './start-program.ts';
import { startRehup } from './start-rehup.ts';
import type { Rehup } from './start-rehup.ts';
import { nextMoment } from './uptime.ts';

export interface ReloadScene extends AsyncDisposable {
  readonly volume: KubeletVolume;
  readonly app: LineProcess;
  readonly rehup: Rehup;
  /** Of the app's process; unique on this machine. */
  readonly name: string;
}

type Env = Readonly<Record<string, string>>;

export interface ReloadSceneOptions {
  /** Default: a handler that says what it reads from `app.conf`. */
  readonly app?: (context: { name: string; file: string }) => readonly string[];
  /** Commands to run the app and rehup under. */
  readonly prefix?: { readonly app?: readonly string[]; readonly rehup?: readonly string[] };
  readonly env?: Env | ((context: { name: string; pid: number }) => Env);
  /** First content; `app.conf` is `one` by default. */
  readonly payload?: Payload;
  readonly volume?: KubeletVolumeOptions;
}

/**
 * A volume, an app that reads it, and rehup between them, outside of a pod: rehup is told what to
 * watch, and to find the app by its name. Resolves once rehup has found that the app is current.
 */
export async function createReloadScene(options: ReloadSceneOptions = {}): Promise<ReloadScene> {
  const { prefix = {}, env, payload = { 'app.conf': 'one' } } = options;
  const command = options.app ?? (({ name, file }) => programCommand('handler', name, file));
  await using stack = new AsyncDisposableStack();
  const volume = stack.use(await createKubeletVolume(options.volume));
  await volume.write(payload);
  await nextMoment();
  const name = uniqueName();
  const app = stack.use(
    await startProgram([
      ...(prefix.app ?? []),
      ...command({ name, file: `${volume.root}/app.conf` }),
    ]),
  );
  const rehup = stack.use(
    await startRehup({
      env: {
        REHUP_WATCH: volume.root,
        REHUP_TARGET: `name:${name}`,
        ...(typeof env === 'function' ? env({ name, pid: app.pid }) : env),
      },
      ...(prefix.rehup && { prefix: prefix.rehup }),
    }),
  );
  await rehup.line({ msg: 'watching' });
  await rehup.line({ msg: 'nothing to do', outcome: 'already-current' });
  const owned = stack.move();
  return { volume, app, rehup, name, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
