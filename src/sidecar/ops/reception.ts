import type { Socket } from 'node:net';
import { findNodeAddresses } from './node-addresses.ts';
import { plainAddress, type Reach, reachOf } from './reach.ts';
import { type Seat, Seats } from './seats.ts';

/** Takes in connections, within bounds, and knows of each who can be at its other end. */
export type Reception = {
  admit: (socket: Socket) => Reach;
  /** A request has come, or was answered. */
  setBusy: (socket: Socket, busy: boolean) => void;
  /** The peer asked what a kubelet asks. */
  noteProbe: (socket: Socket) => void;
};

/**
 * Seats of their own for those who must get through, whatever the others do. A scraper takes one or two
 * connections, a browser six; each takes memory.
 */
const createPools = (): Record<Reach | 'node', Seats> => ({
  socket: new Seats({ all: 64, each: 64 }),
  loopback: new Seats({ all: 64, each: 64 }),
  node: new Seats({ all: 32, each: 16 }),
  outside: new Seats({ all: 64, each: 16 }),
});

/** @param accepts What the listener is that accepted the connections: a unix socket, or a port. */
export function createReception(accepts: 'socket' | 'port'): Reception {
  const pools = createPools();
  const nodes = findNodeAddresses();
  const seats = new WeakMap<Socket, Seat>();
  return {
    admit: (socket) => {
      const reach = accepts === 'socket' ? 'socket' : reachOf(socket);
      const address = plainAddress(socket.remoteAddress);
      const pool = pools[reach === 'outside' && nodes.has(address) ? 'node' : reach];
      // What is left of it need not wait for the other end.
      const close = (): void => void (reach === 'socket' ? socket.destroy() : reset(socket));
      const seat = { address, busy: false, close };
      seats.set(socket, seat);
      pool.take(seat);
      socket.once('close', () => pool.leave(seat));
      return reach;
    },
    setBusy: (socket, busy) => {
      const seat = seats.get(socket);
      if (seat !== undefined) seat.busy = busy;
    },
    noteProbe: ({ remoteAddress }) => {
      if (remoteAddress !== undefined) nodes.learn(plainAddress(remoteAddress));
    },
  };
}

function reset(socket: Socket): void {
  socket.resetAndDestroy();
}
