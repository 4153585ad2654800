import { kubeletVersion } from './support/cluster.ts';
import { buildAndLoadImages } from './support/images.ts';

/** Runs once before the end-to-end tests: a cluster that does not answer is one clear error, not one for each test. */
export default async function setup(): Promise<void> {
  const { major, minor } = await kubeletVersion().catch((error: unknown) => {
    // Without the cause: kubectl says the same several times.
    const reason = error instanceof Error ? error.message.split('\n').at(-1) : String(error);
    throw new Error(`no cluster answers, KUBECONFIG has to point to one: ${reason}`);
  });
  console.log(`e2e: Kubernetes ${major}.${minor}`);
  await buildAndLoadImages();
}
