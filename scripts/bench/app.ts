import { GENERATION_KEY } from './kubelet-writer.ts';

/** One signal, or one request, as the app has seen it. */
export type Arrival = {
  /** Of the handler's first instruction: `process.hrtime`, in nanoseconds. */
  at: bigint;
  /** What it read in the mounted file then; absent where there was no file. */
  generation?: number;
};

/**
 * The program that is told, as an argument of `node --eval`. It prints a line for each SIGHUP: when the handler
 * ran, and the generation that it found in the mounted file.
 *
 * @param port Where a POST does the same; none by default.
 */
export function appProgram(mount: string, port?: number): string {
  const file = JSON.stringify(`${mount}/${GENERATION_KEY}`);
  return `
const { readFileSync } = require('node:fs');
const print = (text) => process.stdout.write(text + '\\n');
const reload = () => {
  const at = process.hrtime.bigint();
  let generation = NaN;
  try { generation = Number.parseInt(readFileSync(${file}, 'utf8'), 10); } catch {}
  print('told ' + at + ' ' + generation);
};
process.on('SIGHUP', reload);
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 2 ** 30);
${port === undefined ? '' : httpServer(port)}
print('ready');
`;
}

function httpServer(port: number): string {
  return `
require('node:http').createServer((request, response) => {
  if (request.method === 'POST') reload();
  response.end();
}).listen(${port}, '127.0.0.1');
`;
}

export function parseArrivals(log: string): Arrival[] {
  return [...log.matchAll(/^told (\d+) (\d+|NaN)$/gm)].map(([, at = '0', generation]) => ({
    at: BigInt(at),
    ...(generation !== 'NaN' && { generation: Number(generation) }),
  }));
}
