import { waitForCluster } from './deadline.ts';
import type { Pod } from './pod.ts';

/** Sends a signal to the main process of a container, out of the container `app`: see ../app/signal.ts. */
export async function sendSignal(
  pod: Pod,
  signal: NodeJS.Signals,
  container: string,
): Promise<void> {
  // Its own container's end takes the sender with it.
  const mayFail = container === 'app';
  await pod.exec('app', 'node', '/app/signal.ts', signal, container).catch((error: unknown) => {
    if (!mayFail) throw error;
  });
}

/** Waits until the file in the container `app` has this content, white space at its end aside. */
export async function waitForFile(pod: Pod, path: string, text: string): Promise<void> {
  await waitForCluster(`${path} to contain the new text`, async () => {
    return (await pod.exec('app', 'cat', path)) === text.trimEnd();
  });
}
