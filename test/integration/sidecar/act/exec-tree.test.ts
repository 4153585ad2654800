import { describe, expect, it } from 'vitest';
import {
  isRunning,
  readPids,
  treeCommand,
  waitForEnd,
  waitForPids,
} from '../../../support/process-tree.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { runExec, script } from './exec-scene.ts';

describe('the end of a command', () => {
  it.each(['ignore', 'inherit'] as const)(
    'is the end of its children and grandchildren when rehup stops, even if they ignore SIGTERM (stdio: %s)',
    async (stdio) => {
      await using directory = await createTempDir();
      const stop = new AbortController();
      const run = runExec(treeCommand(directory.path, 2, stdio), { signal: stop.signal });
      const pids = await waitForPids(directory.path, 3);
      const reason = new Error('stopping');
      stop.abort(reason);
      await expect(run).rejects.toBe(reason);
      await waitForEnd(pids);
    },
  );

  it('comes when the time is up, for the whole tree', async () => {
    await using directory = await createTempDir();
    const { failure } = await runExec(treeCommand(directory.path, 2, 'inherit'), {
      timeoutMs: 1000,
    });
    expect(failure).toMatchObject({
      outcome: 'timed-out',
      reason: `the command ${process.execPath} did not end within 1000 ms, and was killed with all it had started`,
      remedy: expect.stringContaining('REHUP_TIMEOUT') as string,
    });
    await waitForEnd(readPids(directory.path));
  });

  it('is the end of what it left running, without waiting for its output', async () => {
    await using directory = await createTempDir();
    const [node, ...args] = treeCommand(directory.path, 1, 'inherit');
    const { failure, text } = await runExec(
      script(`
        import { spawn } from 'node:child_process';
        import { existsSync } from 'node:fs';
        spawn(${JSON.stringify(node)}, ${JSON.stringify(args)}, { stdio: 'inherit' });
        const timer = setInterval(() => {
          if (!existsSync(${JSON.stringify(`${directory.path}/0`)})) return;
          console.log('done');
          process.exit(0);
        }, 5);
      `),
    );
    expect(failure).toBeUndefined();
    expect(text).toBe('done');
    await waitForEnd(readPids(directory.path));
  });

  it('leaves a daemon alone that has made a session of its own, and does not wait for it', async () => {
    await using directory = await createTempDir();
    const [node, ...args] = treeCommand(directory.path, 0, 'inherit');
    const { failure } = await runExec(
      script(`
        import { spawn } from 'node:child_process';
        import { existsSync } from 'node:fs';
        spawn(${JSON.stringify(node)}, ${JSON.stringify(args)}, { stdio: 'inherit', detached: true });
        const timer = setInterval(() => existsSync(${JSON.stringify(`${directory.path}/0`)}) && process.exit(0), 5);
      `),
    );
    const daemons = await waitForPids(directory.path, 1);
    try {
      expect(failure).toBeUndefined();
      expect(daemons.map(isRunning)).toEqual([true]);
    } finally {
      for (const pid of daemons) process.kill(pid, 'SIGKILL');
    }
  });
});
