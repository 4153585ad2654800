import { existsSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProcessTable } from '../../../src/sidecar/target/processes.ts';
import { readPids } from '../../../src/system/proc/pids.ts';
import { pidNamespaces, works } from '../../support/abilities.ts';
import { createPodScene, type PodScene } from '../../support/pod-scene.ts';
import type { LogLine } from '../../support/start-rehup.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { ProgramRow, Result } from './row.ts';
import { programs } from './table.ts';

const MOUNTED = [{ volume: 'config' }];

function isInstalled(program: string): boolean {
  return works(['sh', '-c', 'command -v "$1"', 'sh', program]);
}

function fill(config: ProgramRow['config'], version: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, text]) => [key, text.replaceAll('VERSION', version)]),
  );
}

/** In the PID namespace of the scene. */
async function awaitRunning(scene: PodScene, { running: names, ready }: ProgramRow): Promise<void> {
  const table = createProcessTable();
  const place = namespaceOf(scene.pause.pid);
  await waitFor(names.join(' and '), () => {
    const running = readPids()
      .split(' ')
      .filter((pid) => namespaceOf(Number(pid)) === place)
      .map((pid) => table.stat(Number(pid))?.comm);
    const isReady = ready === undefined || existsSync(`/proc/${scene.pause.pid}/root${ready}`);
    return isReady && names.every((name) => running.includes(name));
  });
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    // It has ended.
    return undefined;
  }
}

/** What rehup says of an update. */
async function play(
  row: ProgramRow,
  env: Readonly<Record<string, string>>,
  outcome: Result['outcome'],
): Promise<LogLine> {
  await using scene = await createPodScene({
    volumes: { config: { payload: fill(row.config, 'one') } },
    containers: { app: MOUNTED, rehup: MOUNTED },
  });
  // Daemons leave workers that hold on to what they were given: all end with the namespace.
  await using _ = endWith(scene);
  const app = await scene.start('app', row.command);
  // As the kubelet does it, for a reload that is a restart.
  const again = app.exited.then(() =>
    'REHUP_RESTART' in env ? scene.start('app', row.command) : undefined,
  );
  await awaitRunning(scene, row);
  const rehup = await scene.startRehup({ env: { REHUP_SURVIVE: survive(outcome), ...env } });
  await rehup.line({ msg: 'watching' });
  await scene.volume('config').write(fill(row.config, 'two'));
  const msg = outcome === 'reloaded' ? 'reloaded' : 'reload failed';
  // One that is starting may not have its handler yet, and be tried again.
  const wanted = outcome === 'target-died' ? { msg, outcome } : { msg };
  const line = await rehup.line(wanted);
  await rehup.stop();
  if ('REHUP_RESTART' in env) await again;
  return line;
}

/** The default; how long a program takes to end is a matter of the machine. */
function survive(outcome: Result['outcome']): string {
  return outcome === 'target-died' ? '1m' : '1s';
}

function endWith(scene: PodScene): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      scene.pause.kill('SIGKILL');
      await scene.pause.exited;
    },
  };
}

interface Case {
  readonly title: string;
  readonly row: ProgramRow;
  readonly env: Readonly<Record<string, string>>;
  readonly result: Result;
  /** What is not installed here. */
  readonly missing: readonly string[];
}

const cases: readonly Case[] = programs.flatMap((row) => {
  const { program, started, setting = {}, set } = row;
  const missing = row.needs.filter((name) => !isInstalled(name));
  const shown = Object.entries(setting).map(([name, value]) => `${name}=${value}`);
  const title = `${program}, started ${started}`;
  const without = {
    title: `${title}: ${row.unset.outcome}`,
    row,
    env: {},
    result: row.unset,
    missing,
  };
  if (set === undefined) return [without];
  const named = `${title}, with ${shown.join(' ')}: ${set.outcome}`;
  return [without, { title: named, row, env: setting, result: set, missing }];
});

describe.skipIf(pidNamespaces.missing)(`real programs${pidNamespaces.note}`, () => {
  it.for(cases)('$title', async ({ row, env, result, missing }, { skip }) => {
    if (missing.length > 0) skip(`not installed: ${missing.join(', ')}`);
    const line = await play(row, env, result.outcome);
    expect(line).toMatchObject({
      outcome: result.outcome,
      ...(result.check !== undefined && { check: result.check }),
    });
    // Of a container in which all have changed their root, the name does not show.
    expect(String(line.target)).toMatch(new RegExp(`^(?:app/)?${result.target} \\(`));
    expect(String(line.remedy)).toMatch(result.remedy ?? /^/);
  });
});
