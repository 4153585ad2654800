import { join } from 'node:path';
import { execa, type Result } from 'execa';
import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../support/reload-scene.ts';
import { rehupCommand } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { programCommand } from '../../support/start-program.ts';

async function trigger(
  env: Record<string, string>,
): Promise<Pick<Result, 'exitCode' | 'stdout' | 'stderr'>> {
  const [node = '', ...args] = rehupCommand(['trigger']);
  return await execa(node, args, { env, extendEnv: false, reject: false });
}

describe('rehup trigger', () => {
  it('asks through the socket in the state directory, and prints what came of it', async () => {
    await using state = await createTempDir();
    const env = { REHUP_STATE_DIR: state.path };
    await using scene = await createReloadScene({ env });
    const { exitCode, stdout } = await trigger({ ...env, REHUP_LISTEN: 'off' });
    await scene.app.line('reloaded one');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'default: reloaded' });
  });

  it('asks over loopback where there is a port', async () => {
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    const [listening] = scene.rehup.all({ msg: 'listening' });
    const { exitCode } = await trigger({ REHUP_LISTEN: `127.0.0.1:${listening?.port}` });
    await scene.app.line('reloaded one');
    expect(exitCode).toBe(0);
  });

  it('leaves with 4 and says why when the reload failed', async () => {
    await using state = await createTempDir();
    const env = { REHUP_STATE_DIR: state.path };
    await using scene = await createReloadScene({
      env,
      app: ({ name }) => programCommand('no-handler', name),
    });
    const { exitCode, stdout } = await trigger({ ...env, REHUP_LISTEN: 'off' });
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^default: no-handler: .* has no handler for SIGHUP/);
    expect(stdout).toContain('remedy: set REHUP_SIGNAL');
    expect(scene.app.lines).toEqual(['ready']);
  });

  it('says that nobody can be asked, and how to change that', async () => {
    const off = await trigger({ REHUP_LISTEN: 'off' });
    expect(off.exitCode).toBe(2);
    expect(off.stderr).toContain('REHUP_LISTEN is off and REHUP_STATE_DIR is not set');
    await using state = await createTempDir();
    const dead = await trigger({ REHUP_LISTEN: '127.0.0.1:1', REHUP_STATE_DIR: join(state.path) });
    expect(dead.exitCode).toBe(4);
    expect(dead.stderr).toContain('no rehup can be asked for a reload: ECONNREFUSED');
  });
});
