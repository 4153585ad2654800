import { Exec, type KubeConfig, type V1Status } from '@kubernetes/client-node';
import { Writable } from 'node:stream';
import { fatal } from './fatal.ts';
import { explainUpgrade } from './upgrade.ts';

/** A container of a pod. */
export type ContainerPlace = { namespace: string; pod: string; container: string };

/** What a command in a container writes to. */
export type Streams = {
  stdout: { write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
};

/** Runs a command in a container, without a terminal and without input; returns its exit code. */
export type ExecInPod = (
  place: ContainerPlace,
  command: readonly string[],
  streams: Streams,
  signal: AbortSignal,
) => Promise<number>;

/** The same as `kubectl exec`, by the official client. Verbs: `create` and `get` on pods/exec. */
export function createExec(config: KubeConfig): ExecInPod {
  const client = new Exec(config);
  return async (place, command, { stdout, stderr }, signal) => {
    signal.throwIfAborted();
    const { namespace, pod, container } = place;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const out = asStream(stdout);
    const err = asStream(stderr);
    const onStatus = (status: V1Status): void => {
      const code = exitCodeOf(status);
      if (code === undefined) reject(notStarted(place, command[0] ?? '', status));
      else resolve(code);
    };
    const connecting = client
      .exec(namespace, pod, container, [...command], out, err, null, false, onStatus)
      .catch((error: unknown) => {
        throw explainUpgrade({ namespace, pod, subresource: 'exec' }, error);
      });
    const socket = await unlessAborted(connecting, signal);
    const stop = (): void => socket.close();
    signal.addEventListener('abort', stop, { once: true });
    // What has been settled stays so.
    socket.addEventListener('close', () => {
      reject(signal.aborted ? (signal.reason as Error) : brokenOff(place));
    });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', stop);
      socket.close();
    }
  };
}

/** A node that is gone lets a connection hang for minutes. What comes of it later is closed. */
async function unlessAborted<Socket extends { close: () => void }>(
  connecting: Promise<Socket>,
  signal: AbortSignal,
): Promise<Socket> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([connecting, promise]);
  } catch (error) {
    if (signal.aborted) void closeLater(connecting);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function closeLater(connecting: Promise<{ close: () => void }>): Promise<void> {
  try {
    (await connecting).close();
  } catch {
    // It never stood.
  }
}

/** Characters may be split over two pieces. */
function asStream(to: Streams['stdout']): Writable {
  const decoder = new TextDecoder();
  return new Writable({
    write: (piece: Buffer, _, done) => {
      to.write(decoder.decode(piece, { stream: true }));
      done();
    },
  });
}

/** `undefined` where the command did not run. */
function exitCodeOf({ status, reason, details }: V1Status): number | undefined {
  if (status === 'Success') return 0;
  const cause = details?.causes?.find((one) => one.reason === 'ExitCode');
  const code = Number(cause?.message);
  return reason === 'NonZeroExitCode' && Number.isSafeInteger(code) ? code : undefined;
}

function describePlace({ namespace, pod, container }: ContainerPlace): string {
  return `container ${container} of pod ${pod} in namespace ${namespace}`;
}

function notStarted(place: ContainerPlace, program: string, status: V1Status): Error {
  return fatal({
    message: `${program} cannot be run in ${describePlace(place)}: ${status.message ?? status.reason ?? 'the kubelet does not say why'}`,
    remedy:
      'name the container that rehup runs in with --container; an image of your own needs rehup on its PATH',
  });
}

function brokenOff(place: ContainerPlace): Error {
  return fatal({
    message: `the connection to ${describePlace(place)} ended before the command did`,
    remedy: `look whether the container was restarted: kubectl -n ${place.namespace} describe pod ${place.pod}`,
  });
}
