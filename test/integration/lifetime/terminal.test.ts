import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { terminal } from '../../support/abilities.ts';
import { createKubeletVolume, type KubeletVolume } from '../../support/kubelet-volume.ts';
import { type LineProcess, startLineProcess } from '../../support/line-process.ts';
import { programCommand, startProgram, uniqueName } from '../../support/start-program.ts';
import { rehupCommand } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Session extends AsyncDisposable {
  readonly app: LineProcess;
  readonly volume: KubeletVolume;
  /** As it is on the terminal. */
  readonly output: LineProcess;
  readonly file: (name: string) => string;
}

/** A terminal with a shell that starts rehup, and writes down its pid and its exit code. */
async function openTerminal(command: (rehup: string) => string): Promise<Session> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await createTempDir());
  const volume = stack.use(await createKubeletVolume());
  await volume.write({ 'app.conf': 'one' });
  const name = uniqueName();
  const app = stack.use(
    await startProgram(programCommand('handler', name, `${volume.root}/app.conf`)),
  );
  // The shell that leads the session dies with the terminal; the one that waits for rehup does not.
  const run = `trap '' HUP; cd ${dir.path}; ${command(rehupCommand([]).join(' '))}; echo $? > code`;
  const lines = `(${run}); :`;
  const script = ['script', '--quiet', '--flush', '--command', lines, '/dev/null'];
  const env = {
    PATH: process.env['PATH'] ?? '',
    REHUP_WATCH: volume.root,
    REHUP_TARGET: `name:${name}`,
    REHUP_LISTEN: 'off',
    NO_COLOR: '1',
  };
  const output = stack.use(await startLineProcess(script, { env }));
  const owned = stack.move();
  return {
    app,
    volume,
    output,
    file: (file) => {
      const path = join(dir.path, file);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe.skipIf(terminal.missing)(`a terminal that rehup was started from${terminal.note}`, () => {
  it.each([
    { what: 'its log', command: (rehup: string) => rehup },
    { what: 'nothing but its input', command: (rehup: string) => `${rehup} > log 2>&1` },
  ])('ends it in an orderly way when it is closed with $what on it', async ({ command }) => {
    await using session = await openTerminal(command);
    await waitFor('a rehup that watches', () =>
      [...session.output.lines, session.file('log')].some((line) => line.includes('watching')),
    );
    session.output.kill('SIGKILL');
    await session.output.exited;
    expect(await waitFor('the exit code', () => session.file('code'))).toBe('0\n');
  });

  it('leaves one alone that has no stream on it, as with nohup', async () => {
    await using session = await openTerminal(
      (rehup) => `${rehup} < /dev/null > log 2>&1 & echo $! > pid; wait`,
    );
    await waitFor('a rehup that watches', () => session.file('log').includes('"watching"'));
    session.output.kill('SIGKILL');
    await session.output.exited;
    const pid = Number(session.file('pid'));
    process.kill(pid, 'SIGHUP');
    await waitFor('the reload', () => session.file('log').includes('"outcome":"reloaded"'));
    expect(session.file('log')).not.toContain('"stopping"');
    process.kill(pid, 'SIGTERM');
    await waitFor('the end', () => session.file('log').includes('"reason":"SIGTERM"'));
  });

  it('does not make a SIGHUP from elsewhere its end', async () => {
    await using session = await openTerminal(
      (rehup) => `${rehup} > log 2>&1 & echo $! > pid; wait`,
    );
    await waitFor('a rehup that watches', () => session.file('log').includes('"watching"'));
    process.kill(Number(session.file('pid')), 'SIGHUP');
    await waitFor('the reload', () => session.file('log').includes('"outcome":"reloaded"'));
    expect(session.file('log')).not.toContain('"stopping"');
    process.kill(Number(session.file('pid')), 'SIGTERM');
    await waitFor('the end', () => session.file('log').includes('"reason":"SIGTERM"'));
  });
});
