// Asks for pages at a steady rate until it reads a line: node flood.ts PORT RATE [PATH…]
// Then prints how many were asked for, answered, and in how many seconds, as JSON.
//
// A process of its own: what it takes must not slow down who measures.
import { Agent, get } from 'node:http';

const [port = 0, rate = 1000] = process.argv.slice(2, 4).map(Number);
const paths = process.argv.slice(4);
const CONNECTIONS = 50;
const TICK_MS = 10;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const counts = { asked: 0, answered: 0, failed: 0 };
const ask = (): void => {
  const path = paths[counts.asked % paths.length] ?? '/metrics';
  counts.asked += 1;
  get({ host: '127.0.0.1', port, path, agent }, (response) => {
    response
      .resume()
      .on('end', () => (counts[response.statusCode === 200 ? 'answered' : 'failed'] += 1));
  }).on('error', () => (counts.failed += 1));
};

const startMs = performance.now();
const timer = setInterval(() => {
  const due = ((performance.now() - startMs) / 1000) * rate;
  // Whoever does not keep up is not asked for more than it has connections.
  while (counts.asked < due && counts.asked - counts.answered - counts.failed < 2 * CONNECTIONS)
    ask();
}, TICK_MS);
const finish = (): void => {
  clearInterval(timer);
  const seconds = (performance.now() - startMs) / 1000;
  console.log(JSON.stringify({ ...counts, seconds }));
  process.exit();
};
process.stdin.once('data', finish).once('end', finish);
console.log('ready');
