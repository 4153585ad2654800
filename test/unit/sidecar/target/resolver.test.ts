import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessTable } from '../../../../src/sidecar/target/processes.ts';
import { createResolver } from '../../../../src/sidecar/target/resolver.ts';
import { type Resolution } from '../../../../src/sidecar/target/select.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { buildSelf } from '../../../support/process-builder.ts';
import { createProcTree } from '../../../support/proc-tree.ts';
import { failureOf, pidsOf } from '../../../support/select-scene.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const UPTIME_MS = 600_000;

/** Resolves a pid file of this text, written this long after boot; process 30 started at 300 s. */
async function resolve(text: string, writtenMs = 301_000): Promise<Resolution> {
  await using proc = await createProcTree();
  await using dir = await createTempDir();
  proc.write(30, { ticks: 30_000 });
  const clock = createManualClock({ uptime: UPTIME_MS });
  const path = join(dir.path, 'app.pid');
  const writtenAt = (clock.now() - UPTIME_MS + writtenMs) / 1000;
  writeFileSync(path, text);
  utimesSync(path, writtenAt, writtenAt);
  const resolver = createResolver({
    spec: { by: 'pidfile', path },
    select: 'one',
    signal: 1,
    subPath: undefined,
    table: createProcessTable(proc.root),
    self: buildSelf(),
    clock,
  });
  const resolution = resolver([]);
  if ('targets' in resolution) return resolution;
  const { reason } = resolution.failure;
  return { failure: { ...resolution.failure, reason: reason.replaceAll(path, 'PIDFILE') } };
}

function outcomeOf(resolution: Resolution): number[] | string | undefined {
  return 'targets' in resolution ? pidsOf(resolution) : failureOf(resolution).reason;
}

describe('a pid file', () => {
  it.each(['30', '30\n', '  30  \n', '30\n/var/lib/postgresql\n1762675626\n'])(
    'of the text %j names process 30',
    async (text) => {
      expect(outcomeOf(await resolve(text))).toEqual([30]);
    },
  );

  it.each(['', '\n', 'nginx', '-30', '0', '30.5', '0x1e', '30 31', `${2 ** 60}`])(
    'of the text %j names none',
    async (text) => {
      expect(outcomeOf(await resolve(text))).toBe('PIDFILE holds no pid');
    },
  );

  it('names a process that has ended', async () => {
    expect(outcomeOf(await resolve('31'))).toContain('names no live process');
  });

  it.each([
    { writtenMs: 300_000, found: [30] },
    { writtenMs: 299_500, found: [30] },
    {
      writtenMs: 298_000,
      found: 'PIDFILE is stale: the process that it names started after it was written',
    },
    {
      writtenMs: -5000,
      found: 'PIDFILE is stale: the process that it names started after it was written',
    },
  ])('that was written $writtenMs ms after boot leads to $found', async ({ writtenMs, found }) => {
    expect(outcomeOf(await resolve('30', writtenMs))).toEqual(found);
  });

  it('that is not there is a refusal with its cause', () => {
    const resolver = createResolver({
      spec: { by: 'pidfile', path: '/nowhere/app.pid' },
      select: 'one',
      signal: 1,
      subPath: undefined,
      table: { list: () => [], read: () => undefined, stat: () => undefined },
      self: buildSelf(),
      clock: createManualClock(),
    });
    expect(outcomeOf(resolver([]))).toBe('/nowhere/app.pid cannot be read: ENOENT');
  });
});
