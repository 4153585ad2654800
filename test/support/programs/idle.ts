// Connects and says nothing until a line comes, and again whenever it is turned away:
// node idle.ts COUNT one|many
import { connect, type Socket } from 'node:net';

const [count = '0', addresses = 'one'] = process.argv.slice(2);
const sockets = new Set<Socket>();
let connected = 0;

function open(index: number): void {
  const other = `198.18.${(index >> 8) & 255}.${index & 255}`;
  const localAddress = addresses === 'many' ? other : '192.0.2.2';
  const socket = connect({ host: '192.0.2.1', port: 9533, localAddress });
  sockets.add(socket);
  socket
    .on('error', () => {})
    .on('connect', () => {
      connected += 1;
      if (connected === Number(count)) console.log('all have connected');
    })
    // Nobody is there yet, or somebody else has the place: a client that insists.
    .on('close', () => {
      sockets.delete(socket);
      setTimeout(open, 500, index);
    });
}

console.log('ready');
for (let index = 1; index <= Number(count); index += 1) open(index);
process.stdin.resume().once('end', () => process.exit());
