import { kubectl } from '../../test/e2e/support/kubectl.ts';
import { createNamespace, deleteNamespace } from '../../test/e2e/support/make-namespace.ts';
import { NotMeasured } from './figure.ts';

/** A namespace of its own, deleted at the end with all that is in it. */
export async function useNamespace(): Promise<AsyncDisposable & { name: string }> {
  const name = await createNamespace('rehup-bench');
  return { name, [Symbol.asyncDispose]: () => deleteNamespace(name) };
}

/** Throws `NotMeasured` where no cluster answers. */
export async function requireCluster(): Promise<void> {
  try {
    await kubectl(['get', '--raw', '/version'], { timeoutMs: 10_000 });
  } catch {
    throw new NotMeasured('no cluster answers: KUBECONFIG has to point to one');
  }
}
