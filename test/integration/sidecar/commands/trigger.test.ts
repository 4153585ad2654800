import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../../support/reload-scene.ts';
import { type Finished, runRehup } from '../../../support/run-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { programCommand, startProgram } from '../../../support/start-program.ts';
import { socketPath } from '../../../../src/sidecar/ops/endpoints.ts';

/** Of this machine, as other machines know it. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** Node removes the socket when it closes it: another process has to be killed. */
async function leaveSocket(path: string): Promise<void> {
  const listen = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('ready'))`;
  const server = await startProgram([process.execPath, '-e', listen]);
  await server[Symbol.asyncDispose]();
}

async function trigger(env: Record<string, string>): Promise<Finished> {
  return await runRehup(['trigger'], env);
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

  it('asks over the port where the socket was left by a rehup that is gone', async () => {
    await using state = await createTempDir();
    await leaveSocket(socketPath(state.path));
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    const [listening] = scene.rehup.all({ msg: 'listening' });
    const { exitCode } = await trigger({
      REHUP_STATE_DIR: state.path,
      REHUP_LISTEN: `127.0.0.1:${listening?.port}`,
    });
    await scene.app.line('reloaded one');
    expect(exitCode).toBe(0);
  });

  it.skipIf(ownAddress === undefined)(
    'asks by the own address of the pod where rehup listens on no other',
    async () => {
      await using scene = await createReloadScene({ env: { REHUP_LISTEN: `${ownAddress}:0` } });
      const [listening] = scene.rehup.all({ msg: 'listening' });
      const { exitCode } = await trigger({ REHUP_LISTEN: `${ownAddress}:${listening?.port}` });
      await scene.app.line('reloaded one');
      expect(exitCode).toBe(0);
    },
  );

  it('is not open to web pages that reach the port through a browser', async () => {
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    const [listening] = scene.rehup.all({ msg: 'listening' });
    const response = await fetch(`http://127.0.0.1:${listening?.port}/trigger`, {
      method: 'POST',
      headers: { origin: 'https://example.com' },
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('cannot be triggered by a web page');
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
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
    expect(dead.stderr).toMatch(/^remedy: .*kubectl exec POD -c rehup/m);
  });
});
