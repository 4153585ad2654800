// Random schedules of what can happen to a pod, on a real kubelet. The same, with faults that only a
// double can make, is test/chaos.
import { describe, expect, it } from 'vitest';
import { createSchedule, describeSchedule, FIRST, type Step } from './support/chaos.ts';
import { waitForCluster } from './support/deadline.ts';
import { kubectl } from './support/kubectl.ts';
import { isReloaded, isStarted, type LogLine, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { sendSignal } from './support/pod-actions.ts';
import { appContainer, emptyDir } from './support/pod-spec.ts';
import { pokeKubelet, waitForRestart } from './support/pod.ts';
import { type SidecarPod, startSidecarPod } from './support/sidecar-pod.ts';

const SEEDS = (process.env['REHUP_E2E_CHAOS_SEEDS'] ?? '1,2,3').split(',').map(Number);
const MOUNT = '/etc/app';
const KEYS = ['greeting', 'extra'];
const TIMEOUT_MS = 600_000;

const namespace = useNamespace();

describe.concurrent('whatever happens to the pod', () => {
  it.each(SEEDS)(
    'the app has what is mounted, and is signalled for nothing else: seed %i',
    { timeout: TIMEOUT_MS },
    async (seed) => {
      const wrong = await play(createSchedule(seed));
      expect(wrong.length === 0 ? '' : [...wrong, describeSchedule(seed)].join('\n')).toBe('');
    },
  );
});

/** What went wrong. */
async function play(steps: readonly Step[]): Promise<string[]> {
  await using scene = await startScene();
  const { pod } = scene;
  const kills = { app: 0, rehup: 0 };
  let stopped: 'app' | 'rehup' | undefined;
  let stops = 0;

  const act = async (step: Step): Promise<void> => {
    switch (step.do) {
      case 'apply':
        return await scene.setData(step.data);
      case 'delete-and-apply':
        await kubectl(['delete', 'configmap', scene.configMapName, `--namespace=${pod.namespace}`]);
        return await scene.setData(step.data);
      case 'burst':
        for (const data of step.all) await scene.setData(data);
        return undefined;
      case 'sync':
        return void (await pokeKubelet(pod));
      case 'kill':
        kills[step.container] += 1;
        await sendSignal(pod, 'SIGKILL', step.container);
        return await waitForRestart(pod, step.container, kills[step.container]);
      case 'stop':
        // A stopped rehup sees nothing, a stopped app takes nothing.
        stopped = step.container;
        stops += 1;
        return await sendSignal(pod, 'SIGSTOP', step.container);
      case 'go-on':
        if (stopped !== undefined) await sendSignal(pod, 'SIGCONT', stopped);
        stopped = undefined;
        return undefined;
      default:
        return step satisfies never;
    }
  };
  for (const step of steps) await act(step);

  const last = steps.at(-1);
  const wanted = contentOf(last?.do === 'apply' ? last.data : FIRST);
  const hasLast = waitForCluster('the app to have the last content', async () => {
    const loads = (await pod.logs('app')).filter(isLoad);
    return JSON.stringify(loads.at(-1)?.content) === JSON.stringify(wanted);
  });
  const late: string[] = [];
  try {
    await pod.pokeUntil(hasLast);
  } catch (error) {
    late.push(String(error));
  }
  const loads = (await pod.logs('app')).filter(isLoad);
  const needless = loads.filter((load, index) => {
    const before = loads[index - 1];
    return before !== undefined && JSON.stringify(before.content) === JSON.stringify(load.content);
  });
  // A rehup that was killed may not know what it had done, nor what a stopped app took when it went on.
  const surplus = needless.length - kills.rehup - stops;
  const restarts = { app: await pod.status('app'), rehup: await pod.status('rehup') };
  return [
    ...late,
    ...(surplus > 0 ? [`the app was reloaded ${surplus} times with what it had`] : []),
    ...(['app', 'rehup'] as const).flatMap((name) => {
      const more = restarts[name].restartCount - kills[name];
      return more === 0 ? [] : [`${name} was restarted ${more} times more than it was killed`];
    }),
  ];
}

async function startScene(): Promise<SidecarPod> {
  const files = KEYS.map((key) => `${MOUNT}/${key}`).join(',');
  const scene = await startSidecarPod({
    namespace: namespace(),
    apps: [appContainer({ env: { APP_FILES: files }, mounts: { config: MOUNT } })],
    rehup: { env: { REHUP_STATE_DIR: '/state' }, mounts: { state: '/state' } },
    volumes: { state: emptyDir },
    data: FIRST,
  });
  await scene.pod.waitForLine('app', 'that it has started', isStarted);
  await scene.pod.waitForLine('rehup', 'that it watches', says('watching'));
  return scene;
}

function isLoad(line: LogLine): boolean {
  return isStarted(line) || isReloaded(line);
}

/** As the app tells it: a key that is not there is `null`. */
function contentOf(data: Readonly<Record<string, string>>): Record<string, string | null> {
  return Object.fromEntries(KEYS.map((key) => [`${MOUNT}/${key}`, data[key] ?? null]));
}
