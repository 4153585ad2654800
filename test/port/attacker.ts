// Attacks the port until it reads a line: node attacker.ts SEED. Then prints what it did, as JSON.
// It runs in the network of rehup, from the addresses of others.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Attack, makeAttack } from './attacks.ts';
import { createRandom } from '../../src/tools/simulate/kubelet/random.ts';

export interface AttackCounts {
  readonly attacks: number;
  readonly bytes: number;
  readonly kinds: Record<string, number>;
  /** Statuses of all answers. */
  readonly statuses: Record<string, number>;
  /** Answers that hold what came of a reload. */
  readonly triggered: number;
}

const { uint32 } = createRandom(Number(process.argv[2]));
const random = (): number => uint32() / 2 ** 32;
const AT_ONCE = 30;
const HOLD_MS = 3000;

const counts = {
  attacks: 0,
  bytes: 0,
  kinds: {} as Record<string, number>,
  statuses: {} as Record<string, number>,
  triggered: 0,
};
const add = (where: Record<string, number>, name: string): void => {
  where[name] = (where[name] ?? 0) + 1;
};
const over = new AbortController();

/** From another pod, or through the inbound proxy of a mesh. */
function ends(): { from: string; to: string } {
  const [chance, third, fourth] = [
    random(),
    Math.floor(random() * 256),
    Math.floor(random() * 254),
  ];
  if (chance < 0.1) return { from: '127.0.0.6', to: '127.0.0.1' };
  if (chance < 0.4) return { from: '192.0.2.2', to: '192.0.2.1' };
  return { from: `198.18.${third}.${fourth + 1}`, to: '192.0.2.1' };
}

function countAnswer(text: string): void {
  for (const [, status = ''] of text.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
    add(counts.statuses, status);
  if (text.includes('"outcome"')) counts.triggered += 1;
}

async function send(socket: Socket, { pieces, pauseMs }: Attack): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable || over.signal.aborted) return;
    socket.write(piece);
    counts.bytes += piece.length;
    if (pauseMs > 0) await delay(pauseMs);
  }
}

async function attack(): Promise<void> {
  const made = makeAttack(random);
  const { from, to } = ends();
  const socket = connect({ host: to, port: 9533, localAddress: from });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let answer = '';
  socket.on('error', () => {}).on('data', (data: Buffer) => (answer += data.toString('latin1')));
  await send(socket, made);
  if (made.end === 'reset') socket.resetAndDestroy();
  if (made.end === 'destroy') socket.destroy();
  if (made.end === 'half-close') socket.end();
  await Promise.race([closed, delay(made.end === 'hold' ? HOLD_MS : 200)]);
  socket.destroy();
  await closed;
  countAnswer(answer);
  counts.attacks += 1;
  add(counts.kinds, made.name);
}

async function attackOn(): Promise<void> {
  while (!over.signal.aborted) await attack();
}

const end = (): void => over.abort();
process.stdin.once('data', end).once('end', end);
console.log('ready');
await Promise.all(Array.from({ length: AT_ONCE }, attackOn));
console.log(JSON.stringify(counts));
process.exit();
