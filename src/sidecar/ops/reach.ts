import type { Socket } from 'node:net';

/**
 * Who can be at the other end, by what accepted the connection. Never by what is missing: a peer that
 * has reset its connection has no address any more, and what it sent is still read.
 *
 * - `socket`: a process of rehup's own user that has the directory of the unix socket.
 * - `loopback`: a process of this pod, or somebody whom the kubelet forwards a port for.
 * - `outside`: anybody who reaches the pod.
 */
export type Reach = 'socket' | 'loopback' | 'outside';

/**
 * Of a TCP connection. The kernel lets nobody from outside talk to a loopback address; a proxy in the
 * pod does it for them, and has an address of its own (Istio: 127.0.0.6) or says so in its headers.
 */
export function reachOf({ localAddress, remoteAddress }: TcpEnds): Reach {
  const to = plainAddress(localAddress);
  const from = plainAddress(remoteAddress);
  return LOOPBACK.includes(to) && from === to ? 'loopback' : 'outside';
}

type TcpEnds = Pick<Socket, 'localAddress' | 'remoteAddress'>;

const LOOPBACK = ['127.0.0.1', '::1'];

/** IPv4 as a listener for both families has it: `::ffff:10.0.0.1`. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}
