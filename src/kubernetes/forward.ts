import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { type Duplex, duplexPair, Writable } from 'node:stream';
import { Plain } from '../system/errors.ts';
import { explainUpgrade } from './upgrade.ts';

/** A TCP port of a pod, as its processes reach it over loopback. */
export type PodPort = { namespace: string; pod: string; port: number };

/** Opens a connection to a port of a pod; it ends with either side. */
export type ForwardPort = (place: PodPort) => Promise<Duplex>;

/** The same as `kubectl port-forward`, by the official client. Verbs: `create` and `get` on pods/portforward. */
export function createForward(config: KubeConfig): ForwardPort {
  const client = new PortForward(config, false);
  return async ({ namespace, pod, port }) => {
    const [near, far] = duplexPair();
    const refuse = (piece: Buffer, _: unknown, done: () => void): void => {
      // The text of the kubelet: connection refused, say.
      if (piece.length > 0) far.destroy(new Plain('nothing listens on the port'));
      done();
    };
    const errors = new Writable({ write: refuse });
    let close: (() => void) | undefined;
    const end = (): void => {
      near.destroy();
      far.destroy();
      close?.();
    };
    // What is refused may be told in one piece with the beginning of the connection.
    for (const side of [near, far]) side.on('error', () => {}).on('close', end);
    const socket = await client
      .portForward(namespace, pod, [port], near, errors, near)
      .catch((error: unknown) => {
        throw explainUpgrade({ namespace, pod, subresource: 'portforward' }, error);
      });
    if (typeof socket === 'function') throw new TypeError('a restartable socket was not asked for');
    close = () => socket.close();
    socket.addEventListener('close', end);
    if (far.destroyed) {
      close();
      throw far.errored ?? new Plain('the connection to the port has ended');
    }
    return likeSocket(far);
  };
}

/** What an agent of HTTP calls on a connection that it keeps; here the connection to the API server matters. */
function likeSocket(stream: Duplex): Duplex {
  const nothing = (): Duplex => stream;
  const socket = {
    ref: nothing,
    unref: nothing,
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
  };
  return Object.assign(stream, socket);
}
