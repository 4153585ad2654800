import { existsSync, lstatSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { Settings } from '../../config/options.ts';
import { errorCode, exitCodes, FatalError, reasonOf, toError } from '../../system/errors.ts';
import { Linked, NotOurs } from '../../system/regular-file.ts';
import { portSockets, stateSocket } from '../ops/sockets.ts';
import { escapeJson } from '../../system/escape.ts';
import { showText } from '../../system/show.ts';

export type Question = {
  method: 'GET' | 'POST';
  path: string;
  /** What is asked for, to end a sentence: `a reload`. */
  wanted: string;
  /** Longest wait for the answer, in milliseconds; absent where it takes as long as a reload takes. */
  timeoutMs?: number;
};

/** The settings that tell where a rehup can be asked. */
export type Whereabouts = Pick<Settings, 'listen' | 'stateDir'>;

type Address = { socketPath: string } | { host: string; port: number };

/**
 * Asks the rehup that runs in this pod: by the socket in the state directory, by the one that belongs
 * to its port, or by the port on loopback, which answers what only looks. Returns its answer as JSON
 * that is safe to show: another process of the pod may listen there.
 */
export async function ask(where: Whereabouts, question: Question): Promise<string> {
  const addresses = findAddresses(where, question);
  for (const [index, address] of addresses.entries()) {
    try {
      if ('socketPath' in address) requireOurs(address.socketPath);
      return await askAt(address, question);
    } catch (error) {
      // Left over by a rehup that was killed, say. What was understood must not be asked twice.
      const isLast = index === addresses.length - 1;
      if (isLast || !isUnconnected(error)) {
        throw explain(toError(error), address, question);
      }
    }
  }
  throw new FatalError(
    'a running rehup cannot be asked: REHUP_LISTEN is off and REHUP_STATE_DIR is not set; set one of them',
    exitCodes.configuration,
  );
}

function findAddresses({ stateDir, listen }: Whereabouts, { method }: Question): Address[] {
  const sockets = [
    ...(stateDir === undefined ? [] : [stateSocket(stateDir)]),
    ...(listen === 'off' ? [] : findPortSockets(listen.port)),
  ];
  const addresses = sockets.map((path) => ({ socketPath: path }));
  if (listen === 'off' || method !== 'GET') return addresses;
  return [...addresses, { host: loopbackFor(listen.host), port: listen.port }];
}

/** Those that are there; where none is, the one that there should be. */
function findPortSockets(port: number): string[] {
  const paths = portSockets(port);
  const there = paths.filter((path) => existsSync(path));
  return there.length > 0 ? there : paths.slice(0, 1);
}

/** A rehup that listens on all addresses is asked over loopback. */
function loopbackFor(host: string | undefined): string {
  return host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** Others may write to the directory: a link of theirs, or a socket, would lead to somebody else. */
function requireOurs(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw new Linked();
  if (stats.uid !== process.geteuid?.()) throw new NotOurs('it is another user’s');
}

async function askAt(address: Address, { method, path, timeoutMs }: Question): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const signal = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) };
  request({ ...address, ...signal, method, path }, (response) => {
    readAnswer(response).then(resolve, reject);
  })
    .on('error', reject)
    .end();
  return await promise;
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const { statusCode = 0, headers } = response;
  const body = await readBody(response);
  const isJson = headers['content-type'] === 'application/json';
  if (statusCode !== 200 || !isJson) throw new UnexpectedAnswer(statusCode, body);
  try {
    return `${escapeJson(JSON.stringify(JSON.parse(body), null, 2))}\n`;
  } catch {
    throw new UnexpectedAnswer(statusCode, body);
  }
}

/** A status with a hundred thousand keys has half as much. */
const MAX_BYTES = 32 * 1024 * 1024;

async function readBody(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BYTES) throw new UnexpectedAnswer(response.statusCode ?? 0, 'without an end');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Something listens there that is no rehup, or one that refuses. */
class UnexpectedAnswer extends Error {
  constructor(status: number, body: string) {
    const [line = ''] = body.trim().split('\n', 1);
    super(
      `it answered with status ${status}${line === '' ? '' : `: ${showText(line.slice(0, 100))}`}`,
    );
  }
}

/** Nobody was asked: the next address may be the one. */
function isUnconnected(error: unknown): boolean {
  if (error instanceof Linked || error instanceof NotOurs) return true;
  return UNCONNECTED.includes(errorCode(error) ?? '');
}

const UNCONNECTED = ['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTSOCK'];

class NoAnswer extends FatalError {
  readonly remedy: string;

  constructor(message: string, remedy: string, cause: Error) {
    super(message, exitCodes.reloadFailed, { cause });
    this.name = 'NoAnswer';
    this.remedy = remedy;
  }
}

function explain(error: Error, address: Address, { wanted, timeoutMs }: Question): NoAnswer {
  const where = 'port' in address ? `${address.host}:${address.port}` : address.socketPath;
  const { reason, remedy } = describe(error, where, timeoutMs);
  return new NoAnswer(`no rehup can be asked for ${wanted}: ${reason}`, remedy, error);
}

function describe(
  error: Error,
  where: string,
  timeoutMs: number | undefined,
): { reason: string; remedy: string } {
  if (error instanceof UnexpectedAnswer) {
    return {
      reason: `${error.message} (${where})`,
      remedy: 'set REHUP_LISTEN or REHUP_STATE_DIR to what the sidecar has',
    };
  }
  if (error instanceof Linked || error instanceof NotOurs) {
    return {
      reason: `${where} cannot be used: ${error.message}`,
      remedy:
        'run it as the user of the sidecar; if it is that already, let no other container write to REHUP_STATE_DIR',
    };
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return {
      reason: `no answer within ${timeoutMs} ms (${where})`,
      remedy: 'look at the log of the sidecar: it is busy or stuck',
    };
  }
  const code = reasonOf(error);
  if (UNCONNECTED.includes(code)) {
    return {
      reason: `${code} (${where})`,
      remedy:
        'run it in the container of the sidecar (kubectl exec POD -c rehup -- …) with the same REHUP_LISTEN and REHUP_STATE_DIR; flags in the args of that container have to be repeated',
    };
  }
  return {
    reason: `${code} (${where})`,
    remedy: 'look at the log of the sidecar: it may have stopped meanwhile',
  };
}
