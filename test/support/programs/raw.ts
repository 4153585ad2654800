// Sends bytes over TCP as it is told in JSON, and prints what comes back: node raw.ts '{"from": …}'
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

const { from, to, port, send, times, reset } = JSON.parse(process.argv[2] ?? '') as {
  from: string;
  to: string;
  port: number;
  send: string;
  times: number;
  reset: boolean;
};

async function sendOnce(): Promise<string> {
  const socket = connect({ host: to, port, localAddress: from });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // Refused, or broken off by the other end.
  socket.on('error', () => {});
  socket.write(send, () => reset && socket.resetAndDestroy());
  if (!reset) return await text(socket);
  await closed;
  return '';
}

let answer = '';
for (let time = 0; time < times; time += 1) answer = await sendOnce();
process.stdout.write(answer);
