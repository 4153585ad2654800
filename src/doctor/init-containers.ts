import type { PodContainer } from '../kubernetes/types.ts';
import type { Context } from './context.ts';
import { appsIn, containerOf } from './neighbours.ts';

/**
 * Which containers end before the app starts. The API knows; without it their names tell, where they
 * are telling, since nothing in /proc does.
 */
export async function findInitContainers(
  context: Context,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, 'known' | 'likely'>> {
  const known = await readInitContainers(context, signal);
  if (known !== undefined) return new Map(known.map((name) => [name, 'known']));
  const names = appsIn(context).map(containerOf);
  return new Map(names.filter((name) => TELLING.test(name)).map((name) => [name, 'likely']));
}

const TELLING = /(?:^|-)init(?:-|$)|^wait-for-/;

async function readInitContainers(
  { openOwnPod }: Context,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  try {
    const own = await openOwnPod?.(signal);
    return (
      own?.pod.spec.initContainers?.filter(endsBeforeTheApp).map(({ name }) => name) ?? undefined
    );
  } catch {
    // No access: the check of the API tells why.
    return undefined;
  }
}

/** Sidecars stay, since Kubernetes 1.29. */
function endsBeforeTheApp(container: PodContainer & { restartPolicy?: string }): boolean {
  return container.restartPolicy !== 'Always';
}
