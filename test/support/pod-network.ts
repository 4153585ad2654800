import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createAbility, works } from './abilities.ts';
import { type LineProcess, startLineProcess } from './line-process.ts';

/** The addresses of the network: that of the pod, and those of two others. */
export const POD = '192.0.2.1';
export const OTHER_POD = '192.0.2.2';
export const NODE = '192.0.2.3';

/**
 * A network of its own, in which rehup runs under this prefix. Others are in it with addresses of their
 * own, the whole of 198.18.0.0/16 among them; what they send comes from these as from other machines.
 */
export const ALONE = [
  'unshare',
  '--net',
  '/bin/sh',
  '-ec',
  [
    'ip link set lo up',
    'for host in 1 2 3; do ip addr add 192.0.2.$host/32 dev lo; done',
    'ip route add local 198.18.0.0/16 dev lo',
    'exec "$@"',
  ].join('; '),
  'sh',
];

export const networks = createAbility(
  works([...ALONE, 'true']),
  'it takes root, unshare and ip to make a network',
);

/** The command that runs another one in the network of this process. */
export const inNetworkOf = (pid: number): string[] => ['nsenter', '--target', `${pid}`, '--net'];

const RAW = fileURLToPath(new URL('programs/raw.ts', import.meta.url));

export interface Raw {
  readonly from: string;
  readonly to?: string;
  readonly port?: number;
  readonly send: string;
  /** How often, one after the other. Default: once. */
  readonly times?: number;
  /** Resets the connection when all is sent. Default: reads the answer to its end. */
  readonly reset?: boolean;
}

/** Sends these bytes in the network of rehup; returns what came back, of the last time. */
export async function sendRaw(pid: number, raw: Raw): Promise<string> {
  const [file, ...args] = [...inNetworkOf(pid), process.execPath, RAW];
  const options = { to: POD, port: 9533, times: 1, reset: false, ...raw };
  const { stdout } = await execa(file, [...args, JSON.stringify(options)]);
  return stdout;
}

/** A request that closes its connection, with these headers beside the host. */
export function httpRequest(
  line: string,
  { host = `${POD}:9533`, ...headers }: Record<string, string> = {},
): string {
  const all = { host, connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/** Such a network without anybody in it, and a process to enter it by. */
export async function makeNetwork(): Promise<LineProcess> {
  const network = await startLineProcess([...ALONE, '/bin/sh', '-c', 'echo ready; read _']);
  await network.line('ready');
  return network;
}
