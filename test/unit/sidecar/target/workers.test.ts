import { describe, expect, it } from 'vitest';
import { createProcessTable, type Process } from '../../../../src/sidecar/target/processes.ts';
import { createWorkers } from '../../../../src/sidecar/target/workers.ts';
import { startLineProcess } from '../../../support/line-process.ts';
import { buildProcess } from '../../../support/process-builder.ts';
import { waitFor } from '../../../support/wait-for.ts';

const CROWD = 300;

/** Starts its crowd, and then a worker more for each line, which it names. */
const APP = `
start() { sleep 120 >/dev/null 2>&1 </dev/null & last=$!; }
count=0
while [ $count -lt ${CROWD} ]; do start; count=$((count + 1)); done
echo crowded
while read -r line; do start; echo "worker $last"; done
kill $(jobs -p)
`;

/** What is read when it is asked for is a function, and no two are equal; who runs just now is chance. */
function asData(process: Process): object {
  const { awaited, state: _, ...rest } = process;
  return { ...rest, awaited: awaited() };
}

type Lists = { quick: Process[]; thorough: Process[] };

describe('the process table for who looks for the app of a container', () => {
  it('is that of all processes, also when workers come, end, and lose their parent', async () => {
    const table = createProcessTable();
    await using app = await startLineProcess(['/bin/sh', '-c', APP]);
    await app.line('crowded');
    const ofApp = (processes: readonly Process[]): Process[] =>
      processes.filter(({ pid, ppid }) => pid === app.pid || ppid === app.pid);
    const list = (): Lists => ({
      quick: ofApp(table.list({ workers: 'as-read-last' })),
      thorough: ofApp(table.list()),
    });

    // A shell that has forked is a shell for a moment longer.
    await waitFor('the crowd to be what it is to be', () =>
      ofApp(createProcessTable().list()).every(
        ({ pid, comm }) => pid === app.pid || comm === 'sleep',
      ),
    );
    const first = list();
    expect(first.thorough).toHaveLength(CROWD + 1);
    expect(first.quick.map(asData)).toEqual(first.thorough.map(asData));

    app.say('one more');
    const pid = Number((await app.line(/^worker /)).split(' ')[1]);
    const second = list();
    expect(second.quick.map((one) => one.pid)).toContain(pid);
    expect(second.quick.map((one) => one.pid)).toEqual(second.thorough.map((one) => one.pid));
    // Not read again: these are the same objects.
    const again = second.quick.filter((one) => first.quick.includes(one));
    expect(again).toHaveLength(CROWD + 1);

    process.kill(pid, 'SIGKILL');
    await waitFor('the end of the worker', () => table.read(pid) === undefined);
    app.say('another, so that the dead one is reaped');
    await app.line(/^worker /);
    await waitFor('the dead worker to be gone', () => !list().quick.some((one) => one.pid === pid));

    const workers = list().quick.filter((one) => one.pid !== app.pid);
    process.kill(app.pid, 'SIGKILL');
    await app.exited;
    const orphans = table
      .list({ workers: 'as-read-last' })
      .filter((one) => workers.some((worker) => worker.pid === one.pid));
    expect(orphans).toHaveLength(workers.length);
    expect(orphans.every(({ ppid }) => ppid !== app.pid)).toBe(true);
    for (const orphan of orphans) process.kill(orphan.pid, 'SIGKILL');
  });
});

describe('of processes that were read', () => {
  const PIDS = Array.from({ length: 1000 }, (_, index) => index + 1);

  it('none is kept of an init wrapper, since the app is its child', async () => {
    const workers = createWorkers('/proc', ['tini']);
    const parent = process.ppid;
    await using child = await startLineProcess(['/bin/sh', '-c', 'echo ready; read -r _']);
    await child.line('ready');
    const own = buildProcess({ pid: child.pid, ppid: parent });
    const pids = [...new Set([...PIDS, parent, child.pid])];
    for (const [comm, kept] of [
      ['sh', true],
      ['tini', false],
    ] as const) {
      workers.recall(pids, 'as-read-last');
      workers.keep([buildProcess({ pid: parent, comm }), own]);
      expect(workers.recall(pids, 'as-read-last').has(child.pid)).toBe(kept);
      workers.recall([], 'as-read-last');
    }
  });

  it('only PID 1 and rehup itself are kept of few', async () => {
    await using other = await startLineProcess(['/bin/sh', '-c', 'echo ready; read -r _']);
    await other.line('ready');
    const workers = createWorkers('/proc', []);
    const pids = [1, process.pid, other.pid];
    expect(workers.recall(pids, 'as-read-last').size).toBe(0);
    workers.keep(pids.map((pid) => buildProcess({ pid, ppid: pid === 1 ? 0 : process.ppid })));
    expect([...workers.recall(pids, 'as-read-last').keys()]).toEqual([1, process.pid]);
  });
});
