import { describe, expect, it } from 'vitest';
import { createProcessTable, isAlive } from '../../../../src/sidecar/target/processes.ts';
import { isInstalled } from '../../../support/abilities.ts';
import { startProgram } from '../../../support/start-program.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** exit(2), the system call, ends the thread that makes it and no other: 60 on x86-64, 93 on arm64. */
const PROGRAM = `
import ctypes, platform, signal, threading
signal.signal(signal.SIGHUP, lambda *_: None)
threading.Thread(target=threading.Event().wait).start()
print('ready', flush=True)
ctypes.CDLL(None).syscall(93 if platform.machine() == 'aarch64' else 60, 0)
`;

describe.skipIf(!isInstalled('python3'))('a process whose main thread has ended', () => {
  it('is alive, with its name, its handlers and its mounts, as long as another thread is', async () => {
    await using program = await startProgram(['python3', '-c', PROGRAM]);
    const table = createProcessTable();
    await waitFor('the main thread to have ended', () => table.stat(program.pid)?.state === 'Z');
    const found = table.read(program.pid);
    expect(found).toMatchObject({ state: 'Z', threads: 2 });
    expect(found?.argv).toContain('-c');
    expect(((found?.status.signals.caught ?? 0n) & 1n) === 1n).toBe(true);
    expect(found?.mounts.length).toBeGreaterThan(0);
    expect(found !== undefined && isAlive(table, found)).toBe(true);
    expect(table.list().map(({ pid }) => pid)).toContain(program.pid);
  });
});
