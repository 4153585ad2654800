import { existsSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { request } from 'node:http';
import { asUser, otherUsers } from '../../../support/abilities.ts';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReloadScene, type ReloadScene } from '../../../support/reload-scene.ts';
import { type Finished, runRehup } from '../../../support/run-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { programCommand, startProgram } from '../../../support/start-program.ts';
import { portSockets, stateSocket } from '../../../../src/sidecar/ops/sockets.ts';

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

const portOf = ({ rehup }: ReloadScene): number => rehup.all({ msg: 'listening' })[0]?.port ?? 0;

/** Asks for a reload, and returns the status of the answer. */
async function ask(
  socketPath: string,
  headers: Record<string, string>,
  onAsked = (): void => {},
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const options = { socketPath, path: '/trigger', method: 'POST', headers, agent: false };
  request(options, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0));
  })
    .on('error', reject)
    .on('finish', onAsked)
    .end();
  return await promise;
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

  it('asks by the socket of the port where that of the state directory was left by a rehup that is gone', async () => {
    await using state = await createTempDir();
    await leaveSocket(stateSocket(state.path));
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    const { exitCode } = await trigger({
      REHUP_STATE_DIR: state.path,
      REHUP_LISTEN: `127.0.0.1:${portOf(scene)}`,
    });
    await scene.app.line('reloaded one');
    expect(exitCode).toBe(0);
  });

  it.skipIf(ownAddress === undefined)(
    'asks by the own address of the pod where rehup listens on no other',
    async () => {
      await using scene = await createReloadScene({ env: { REHUP_LISTEN: `${ownAddress}:0` } });
      const { exitCode } = await trigger({ REHUP_LISTEN: `${ownAddress}:${portOf(scene)}` });
      await scene.app.line('reloaded one');
      expect(exitCode).toBe(0);
    },
  );

  it('needs no state directory: a socket belongs to the port', async () => {
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    const port = portOf(scene);
    const [path = ''] = portSockets(port);
    // Nobody but the user of rehup may connect.
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { exitCode } = await trigger({ REHUP_LISTEN: `127.0.0.1:${port}` });
    await scene.app.line('reloaded one');
    expect(exitCode).toBe(0);
    expect(await scene.rehup.stop()).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('is answered by nobody over TCP, not over loopback either', async () => {
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    const response = await fetch(`http://127.0.0.1:${portOf(scene)}/trigger`, { method: 'POST' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('kubectl exec POD -c rehup -- rehup trigger');
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('however many ask at once is one reload for the first, and one for all the others', async () => {
    await using state = await createTempDir();
    await using scene = await createReloadScene({ env: { REHUP_STATE_DIR: state.path } });
    let asked = 0;
    // However long it takes to ask, it hears of all at once.
    scene.rehup.kill('SIGSTOP');
    const answers = Array.from({ length: 20 }, () =>
      ask(stateSocket(state.path), {}, () => (asked += 1)),
    );
    await waitFor('all to have asked', () => asked === answers.length);
    scene.rehup.kill('SIGCONT');
    const results = await Promise.all(answers);
    expect(results).toEqual(results.map(() => 200));
    expect(scene.rehup.all({ msg: 'reloaded' }).length).toBeLessThanOrEqual(2);
  });

  it('is refused where a web page asks, through a proxy in front of the socket', async () => {
    await using state = await createTempDir();
    await using scene = await createReloadScene({ env: { REHUP_STATE_DIR: state.path } });
    const headers = { origin: 'https://example.com' };
    expect(await ask(stateSocket(state.path), headers)).toBe(403);
    expect(scene.rehup.all({ msg: 'reloaded' })).toEqual([]);
  });

  it.skipIf(otherUsers.missing)(
    `asks nobody who has taken the place of the socket${otherUsers.note}`,
    async () => {
      await using state = await createTempDir();
      await chmod(state.path, 0o777);
      const path = stateSocket(state.path);
      const listen = `require('http').createServer((_, r) => r.end('[]')).listen(${JSON.stringify(path)}, () => console.log('ready'))`;
      await using _impostor = await startProgram([
        ...asUser(65_534),
        process.execPath,
        '-e',
        listen,
      ]);
      const { exitCode, stderr } = await trigger({
        REHUP_STATE_DIR: state.path,
        REHUP_LISTEN: 'off',
      });
      expect(exitCode).toBe(4);
      expect(stderr).toContain(`${path} cannot be used: it is another user’s`);
    },
  );

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
    expect(dead.stderr).toMatch(/no rehup can be asked for a reload: ENOENT \(.*-1\.sock\)/);
    expect(dead.stderr).toMatch(/^remedy: .*kubectl exec POD -c rehup/m);
  });
});
