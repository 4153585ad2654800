import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterByCommandLine, hasName } from '../../src/sidecar/target/matcher.ts';
import { findNearMisses } from '../../src/sidecar/target/near-miss.ts';
import { readPidfile } from '../../src/sidecar/target/pidfile.ts';
import { createProcessTable, type Process } from '../../src/sidecar/target/processes.ts';
import { selectTargets } from '../../src/sidecar/target/select.ts';
import { buildProcess, buildSelf } from '../support/process-builder.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { cgroups, cmdlines, mountinfos, stats, statuses } from './samples/proc.ts';
import { expectId } from './support/expect-id.ts';
import { fuzz } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

/** Each input is several files on disk. */
const SHARE = 0.1;

const files = fc.record({
  stat: anyText(stats),
  status: anyText(statuses),
  cmdline: anyText(cmdlines, ['\0\0', '\0-', ': ', '/']),
  cgroup: fc.constantFrom(...cgroups),
  mountinfo: fc.constantFrom(...mountinfos),
});

const pidfiles = ['42\n', '1234', '7\n/var/lib/postgresql/data\n1794211626\n5432\n', '0042\r\n'];

describe('of whatever the process table holds', () => {
  it('each process is whole, and can be looked for by any name', async () => {
    await using directory = await createTempDir('fuzz-');
    const folder = join(directory.path, '42');
    mkdirSync(join(folder, 'task', '42'), { recursive: true });
    const table = createProcessTable(directory.path);
    fuzz(
      files,
      (contents) => {
        for (const [name, text] of Object.entries(contents))
          writeFileSync(join(folder, name), text);
        writeFileSync(join(folder, 'task', '42', 'status'), contents.status);
        const processes = table.list();
        for (const process of processes) expectWhole(process);
        expectAnswer(processes);
      },
      { share: SHARE },
    );
  });

  it('each process of this machine is read as what it is', () => {
    const table = createProcessTable();
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const read = pids.flatMap((pid) => table.read(Number(pid)) ?? []);
    for (const process of read) expectWhole(process);
    expect(read.map(({ pid }) => pid)).toContain(process.pid);
  });

  it('a command line becomes words without an empty one', async () => {
    await using directory = await createTempDir('fuzz-');
    const folder = join(directory.path, '42');
    mkdirSync(join(folder, 'task', '42'), { recursive: true });
    for (const name of ['stat', 'status'] as const) {
      writeFileSync(
        join(folder, name),
        { stat: stats[0].replace(/^\d+/, '42'), status: statuses[0] }[name],
      );
    }
    writeFileSync(join(folder, 'task', '42', 'status'), statuses[0]);
    const table = createProcessTable(directory.path);
    fuzz(anyText(cmdlines, ['\0\0', '\0-', ': ', '/']), (text) => {
      writeFileSync(join(folder, 'cmdline'), text);
      const { argv = ['never read'] } = table.read(42) ?? {};
      expect(argv.every((word) => word !== '' && !word.includes('\0'))).toBe(true);
      expect(argv.join('')).toBe(text.toWellFormed().replaceAll('\0', ''));
    });
  });

  it('a command line is matched as a whole, or not', () => {
    fuzz(
      anyText(cmdlines),
      (text) => {
        const argv = text.split('\0').filter((word) => word !== '');
        const process = buildProcess({ pid: 42, argv });
        const found = filterByCommandLine([process], /nginx: (?:master|worker) process/);
        expect(found.length > 0).toBe(/nginx: (?:master|worker) process/.test(argv.join(' ')));
      },
      // A pattern is run with a limit in time, which costs a thread.
      { share: 0.01 },
    );
  });
});

describe('whatever a pid file holds', () => {
  it('is a pid that one could signal, or a reason', async () => {
    await using directory = await createTempDir('fuzz-');
    const path = join(directory.path, 'app.pid');
    fuzz(anyText(pidfiles, ['\n42', '+', '42 43', '\u0664\u0662']), (text) => {
      writeFileSync(path, text);
      const reading = readPidfile(path);
      if ('reason' in reading) {
        expect(reading.reason).toBe(`${path} holds no pid`);
        return;
      }
      expectId(reading.pid, 1, Number.MAX_SAFE_INTEGER);
      expect(text.trimStart()).toMatch(new RegExp(`^0*${reading.pid}(?!\\d)`));
      expect(reading.writtenAtMs).toBeGreaterThan(0);
    });
  });
});

function expectWhole({ pid, ppid, argv, container, mounts, awaited }: Process): void {
  expectId(pid, 1, Number.MAX_SAFE_INTEGER);
  expectId(ppid, 0, Number.MAX_SAFE_INTEGER);
  expect(awaited() >= 0n).toBe(true);
  expect(argv.every((word) => word !== '' && !word.includes('\0'))).toBe(true);
  expect([container.id, container.name, container.podUid]).not.toContain('');
  expect(mounts.every(({ mountPoint }) => mountPoint !== '')).toBe(true);
}

/** There are targets, or there is a reason and a remedy. */
function expectAnswer(processes: readonly Process[]): void {
  for (const by of ['name', 'container'] as const) {
    const found = selectTargets({
      spec: { by, name: 'nginx' },
      select: 'one',
      signal: 1,
      self: buildSelf(),
      processes,
      watched: [],
    });
    if ('targets' in found) expect(found.targets).toHaveLength(1);
    else expect(Object.values(found.failure)).not.toContain(undefined);
  }
  for (const process of processes) {
    expect([true, false]).toContain(hasName(process, 'nginx'));
    expect(findNearMisses('ngnix', [process]).every(({ why }) => why !== '')).toBe(true);
  }
}
