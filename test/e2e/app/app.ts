/**
 * The application of the end-to-end tests: it reads its configuration, reads it again when told to,
 * and prints one JSON line for each fact, which is what the tests wait for.
 */
import { lstatSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { serve } from './serve.ts';

const env = process.env;
const files = (env['APP_FILES'] ?? '').split(',').filter(Boolean);
const signalName = env['APP_SIGNAL'] ?? 'SIGHUP';

let content = readContent();

function readContent(): Record<string, string | null> {
  return Object.fromEntries(files.map((path) => [path, readText(path)]));
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** When the newest of the mounts was swapped, by the kernel's clock: the start of what a reload costs. */
function readSwapTime(): number | null {
  const times = files.map(dirname).flatMap((mount) => {
    try {
      return [lstatSync(join(mount, '..data')).ctimeMs];
    } catch {
      return [];
    }
  });
  return times.length > 0 ? Math.max(...times) : null;
}

/** A program that checks its configuration as it reads it, and ends where that is bad. */
function endOfBadContent(): void {
  const bad = env['APP_DIES_OF'];
  if (bad && Object.values(content).some((text) => text?.includes(bad))) process.exit(1);
}

function print(fact: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
}

function holds(word: string): boolean {
  return Object.values(content).some((text) => text?.includes(word));
}

/** @param client Who asked for it, if that is known. */
function reload(by: string, client?: string): void {
  const time = Date.now();
  content = readContent();
  print({ app: 'reloaded', by, client, content, time, swapped: readSwapTime() });
  endOfBadContent();
}

// The tests stop pods often: nothing here is worth the grace period.
process.on('SIGTERM', () => process.exit(0));
if (signalName !== 'none') process.on(signalName as NodeJS.Signals, () => reload(signalName));
if (env['APP_HTTP_PORT']) {
  serve({
    port: Number(env['APP_HTTP_PORT']),
    refuseWith: env['APP_HTTP_STATUS'] ? Number(env['APP_HTTP_STATUS']) : undefined,
    tls: env['APP_TLS'],
    reload: (client) => reload('http', client),
    content: () => content,
    // Others answer 500 from then on.
    isBroken: () => holds('broken'),
  });
}
if (env['APP_PIDFILE']) writeFileSync(env['APP_PIDFILE'], `${process.pid}\n`);
if (env['APP_WATCH']) {
  watch(env['APP_WATCH'], (event, name) => print({ app: 'watch', event, name }));
}

// A handler for a signal keeps no process alive.
setInterval(() => undefined, 2 ** 30);
print({ app: 'started', pid: process.pid, content });
endOfBadContent();
