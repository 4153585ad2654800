import { asUser } from '../abilities.ts';
import { type LineProcess, startLineProcess } from '../line-process.ts';
import { createPodScene, type PodScene } from '../pod-scene.ts';
import { mountPathOf, type PodSpec } from '../pod-scene/pod-spec.ts';
import type { Rehup } from '../start-rehup.ts';
import { programCommand } from '../start-program.ts';
import { type Report, toDoctorCommand, toReport } from './report.ts';

/** The app of one container. */
export interface AppSituation {
  /** Default: takes SIGHUP, and says what it reads. */
  readonly command?: (file: string) => readonly string[];
  readonly uid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A pod with an app and rehup in it, as its spec would describe it; a fault is a part of it. */
export interface Situation {
  readonly shareProcessNamespace?: boolean;
  /** Default: a ConfigMap volume `config` with the key `app.conf`. */
  readonly volumes?: PodSpec['volumes'];
  /** What each container mounts. */
  readonly containers: PodSpec['containers'];
  /** By container, in the order of their starts. */
  readonly apps: Readonly<Record<string, AppSituation>>;
  readonly rehup?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly uid?: number;
    /** A command to run rehup under. */
    readonly prefix?: readonly string[];
  };
  /** What happens once all apps run, before rehup starts. */
  readonly meanwhile?: (pod: RunningPod) => Promise<void>;
}

export interface RunningPod extends AsyncDisposable {
  readonly scene: PodScene;
  readonly app: (container: string) => LineProcess;
  /** `rehup doctor` in the rehup container, or as `kubectl exec` would run it beside this rehup. */
  readonly doctor: (beside?: Rehup) => Promise<Report>;
  readonly startRehup: () => Promise<Rehup>;
}

export const CONFIG: PodSpec['volumes'] = { config: { payload: { 'app.conf': 'one' } } };

export async function startPod(situation: Situation): Promise<RunningPod> {
  const { containers, apps, rehup = {}, shareProcessNamespace = true } = situation;
  const { volumes = CONFIG } = situation;
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await createPodScene({ volumes, containers }));
  const running = new Map<string, LineProcess>();
  for (const [container, app] of Object.entries(apps)) {
    const { command = defaultCommand, env = {}, uid } = app;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const file = fileOf(containers[container] ?? []);
    const process = await scene.start(
      container,
      ['env', ...variables, ...command(file)],
      uid === undefined ? {} : { uid },
    );
    await process.line('ready');
    running.set(container, process);
  }
  const { uid, prefix = [] } = rehup;
  // Short times, as in all tests; no port, since those of the machine are shared.
  const env = { REHUP_LISTEN: 'off', ...rehup.env };
  const options = { ...(uid !== undefined && { uid }), unshared: !shareProcessNamespace };
  const pod = {
    scene,
    app: (container: string) => {
      const app = running.get(container);
      if (app === undefined) throw new Error(`no app runs in ${container}`);
      return app;
    },
    doctor: async (beside?: Rehup) =>
      await toReport(
        beside
          ? await startLineProcess([...enter(beside), ...toDoctorCommand(env)], { forks: true })
          : await scene.start('rehup', [...prefix, ...toDoctorCommand(env)], options),
      ),
    startRehup: async () => await scene.startRehup({ ...options, prefix, env }),
  };
  await situation.meanwhile?.({ ...pod, [Symbol.asyncDispose]: async () => {} });
  const owned = stack.move();
  return { ...pod, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** `kubectl exec`: into the namespaces of a process that runs. */
function enter({ pid }: Rehup): string[] {
  return ['nsenter', `--target=${pid}`, '--mount', '--pid', '--'];
}

function defaultCommand(file: string): readonly string[] {
  return programCommand('handler', 'app', file);
}

/** Where a container has the key `app.conf`; without the volume, a file that is always there. */
function fileOf(mounts: PodSpec['containers'][string]): string {
  const mount = mounts.find(({ volume }) => volume === 'config');
  if (mount === undefined) return '/etc/hosts';
  return mount.subPath === undefined ? `${mountPathOf(mount)}/app.conf` : mountPathOf(mount);
}

/** A container without root that was given the capability KILL, and nothing else. */
export function asUserWithKill(uid: number): string[] {
  const [setpriv = '', ...options] = asUser(uid);
  return [setpriv, ...options, '--bounding-set=-all,+kill'];
}
