import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessTable } from '../../../../src/sidecar/target/processes.ts';
import { createResolver } from '../../../../src/sidecar/target/resolver.ts';
import type { Resolution } from '../../../../src/sidecar/target/resolution.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildSelf } from '../../../support/process-builder.ts';
import { createProcTree } from '../../../support/proc-tree.ts';
import { failureOf, pidsOf } from '../../../support/select-scene.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const UPTIME_MS = 600_000;

type Pidfile = AsyncDisposable & {
  clock: ManualClock;
  resolve: () => number[] | string | undefined;
};

/** A pid file of this text, written this long after boot; process 30 started at 300 s. */
async function createPidfile(text: string, writtenMs: number): Promise<Pidfile> {
  await using stack = new AsyncDisposableStack();
  const proc = stack.use(await createProcTree());
  const dir = stack.use(await createTempDir());
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
  const owned = stack.move();
  return {
    clock,
    resolve: () => {
      const outcome = outcomeOf(resolver([]));
      return typeof outcome === 'string' ? outcome.replaceAll(path, 'PIDFILE') : outcome;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function resolve(text: string, writtenMs = 301_000): Promise<ReturnType<Pidfile['resolve']>> {
  await using scene = await createPidfile(text, writtenMs);
  return scene.resolve();
}

function outcomeOf(resolution: Resolution): number[] | string | undefined {
  return 'targets' in resolution ? pidsOf(resolution) : failureOf(resolution).reason;
}

describe('a pid file', () => {
  it.each(['30', '30\n', '  30  \n', '30\n/var/lib/postgresql\n1762675626\n'])(
    'of the text %j names process 30',
    async (text) => {
      expect(await resolve(text)).toEqual([30]);
    },
  );

  it.each(['', '\n', 'nginx', '-30', '0', '30.5', '0x1e', '30 31', `${2 ** 60}`])(
    'of the text %j names none',
    async (text) => {
      expect(await resolve(text)).toBe('PIDFILE holds no pid');
    },
  );

  it('names a process that has ended', async () => {
    expect(await resolve('31')).toContain('names no live process');
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
    expect(await resolve('30', writtenMs)).toEqual(found);
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

  it.each([
    ['set forward', 3_600_000, [30]],
    ['set back', -3_600_000, [30]],
  ])('stays good when the clock is %s', async (_, steppedMs, pids) => {
    await using scene = await createPidfile('30', 301_000);
    expect(scene.resolve()).toEqual(pids);
    scene.clock.stepWallClock(steppedMs);
    expect(scene.resolve()).toEqual(pids);
  });
});
