import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSignal, parseStatus } from '../../../src/system/proc/status.ts';
import { createHttpApp } from '../../support/http-app.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startLineProcess } from '../../support/line-process.ts';
import { programCommand, startProgram, uniqueName } from '../../support/start-program.ts';
import { rehupCommand, startRehup } from '../../support/start-rehup.ts';
import { waitFor } from '../../support/wait-for.ts';

const SIGHUP = 1;

async function untilCaught(pid: number): Promise<void> {
  await waitFor('a handler for SIGHUP', () => {
    const status = parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return status !== undefined && hasSignal(status.signals.caught, SIGHUP);
  });
}

const source = (file: string): string =>
  readFileSync(new URL(`../../../cmd/${file}`, import.meta.url), 'utf8');

describe('a SIGHUP to rehup', () => {
  it('is taken before any other module is loaded', () => {
    expect(source('main.ts').match(/^import .*/gm)).toEqual([
      "import { takeHangUps } from './hang-up.ts';",
    ]);
    expect(source('hang-up.ts')).not.toContain('import ');
  });

  it('in its first moment is a trigger, carried out once everything is watched', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const name = uniqueName();
    await using app = await startProgram(
      programCommand('handler', name, `${volume.root}/app.conf`),
    );
    await using rehup = await startRehup({
      env: { REHUP_WATCH: volume.root, REHUP_TARGET: `name:${name}` },
    });
    await untilCaught(rehup.pid);
    rehup.kill('SIGHUP');
    await rehup.line({ msg: 'watching' });
    await rehup.line({ msg: 'hint', source: 'signal' });
    await rehup.line({ outcome: 'reloaded' });
    await app.line('reloaded one');
    expect(await rehup.stop()).toBe(0);
  });

  it('is the end of a command that a terminal has left', async () => {
    await using app = await createHttpApp();
    app.answer(() => {});
    await using command = await startLineProcess(rehupCommand(['status']), {
      env: { REHUP_LISTEN: `127.0.0.1:${app.port}` },
    });
    await app.seen(1);
    command.kill('SIGHUP');
    expect(await command.exited).toMatchObject({ signal: 'SIGHUP' });
  });
});
