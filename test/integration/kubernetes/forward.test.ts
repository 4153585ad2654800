import { KubeConfig } from '@kubernetes/client-node';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createForward } from '../../../src/kubernetes/forward.ts';

const PORT = 9533;
const DATA = 0;
const ERROR = 1;

/** An unmasked binary frame: a byte for the channel, and what is said on it. */
function frame(channel: number, said: Buffer | string): Buffer {
  const body = Buffer.concat([Buffer.from([channel]), Buffer.from(said)]);
  return Buffer.concat([Buffer.from([0x82, body.length]), body]);
}

/** As the kubelet begins: on each channel, the port. */
function beginning(): Buffer[] {
  const port = Buffer.alloc(2);
  port.writeUInt16LE(PORT);
  return [frame(DATA, port), frame(ERROR, port)];
}

/** An API server that answers every request for a port with these frames, in one piece with the handshake. */
async function startServer(frames: readonly Buffer[]) {
  const sockets = new Set<Socket>();
  const server = createServer().on('upgrade', ({ headers }, socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      `Sec-WebSocket-Protocol: ${headers['sec-websocket-protocol']?.split(',')[0]}`,
    ];
    socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), ...frames]));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: 'one', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'me' },
  );
  return {
    forward: createForward(config),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const place = { namespace: 'web', pod: 'web-1', port: PORT };

it('hands on what a port of a pod says', async () => {
  await using server = await startServer([...beginning(), frame(DATA, 'hello')]);
  const stream = await server.forward(place);
  const [said] = (await once(stream, 'data')) as [Buffer];
  expect(said.toString()).toBe('hello');
  stream.destroy();
});

it('says that nothing listens on the port, where that is told with the beginning of the connection', async () => {
  const refusal = frame(ERROR, 'error forwarding port 9533: connection refused');
  await using server = await startServer([...beginning(), refusal]);
  const opened = server.forward(place).then(async (stream) => await once(stream, 'data'));
  await expect(opened).rejects.toThrow('nothing listens on the port');
});
