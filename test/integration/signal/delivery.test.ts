import { describe, expect, it } from 'vitest';
import { python } from '../../support/abilities.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { programCommand, shellCommand } from '../../support/start-program.ts';

/** As with signalfd(2): the signal stays blocked, and is taken when it is pending. */
const BLOCKED = `
import signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
print("ready", flush=True)
while signal.SIGHUP not in signal.sigpending(): time.sleep(0.005)
signal.sigwait([signal.SIGHUP])
print("reloaded", flush=True)
sys.stdin.read()
`;

/** While a thread is in sigwait(3), the kernel takes the signal out of its mask. */
const SIGWAIT = `
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
print("ready", flush=True)
signal.sigwait([signal.SIGHUP])
print("reloaded", flush=True)
sys.stdin.read()
`;

describe('the signal that rehup sends', () => {
  it('is a SIGHUP, once per update, at which the app reads the new content', async () => {
    await using scene = await createReloadScene();
    for (const content of ['two', 'three', 'four']) {
      await scene.volume.write({ 'app.conf': content });
      await scene.app.line(`reloaded ${content}`);
      const reloaded = await scene.rehup.line({ msg: 'reloaded' });
      expect(reloaded).toMatchObject({
        outcome: 'reloaded',
        target: `${scene.name} (${scene.app.pid})`,
      });
    }
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready', 'reloaded two', 'reloaded three', 'reloaded four']);
    expect(scene.rehup.all({ msg: 'reloaded' })).toHaveLength(3);
  });

  it('is the one of the setting', async () => {
    await using scene = await createReloadScene({
      app: ({ name, file }) => programCommand('handler', name, file, 'SIGUSR2'),
      env: { REHUP_SIGNAL: 'usr2' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it('may be a real-time signal', async () => {
    await using scene = await createReloadScene({
      app: ({ name }) => [...shellCommand({ signal: 34 + 3, action: 'echo reloaded' }), name],
      env: ({ name }) => ({ REHUP_SIGNAL: 'SIGRTMIN+3', REHUP_TARGET: `cmdline:${name}$` }),
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded');
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it.skipIf(python.missing)(
    `reaches an app that keeps the signal blocked${python.note}`,
    async () => {
      await using scene = await createReloadScene({
        app: ({ name }) => ['python3', '-c', BLOCKED, name],
        env: ({ name }) => ({ REHUP_TARGET: `cmdline:${name}$` }),
      });
      await scene.volume.write({ 'app.conf': 'two' });
      await scene.app.line('reloaded');
      expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
    },
  );

  it.skipIf(python.missing)(
    `reaches an app in sigwait, where it is told to ask for no handler${python.note}`,
    async () => {
      await using scene = await createReloadScene({
        app: ({ name }) => ['python3', '-c', SIGWAIT, name],
        env: ({ name }) => ({ REHUP_TARGET: `cmdline:${name}$`, REHUP_REQUIRE_HANDLER: 'false' }),
      });
      await scene.volume.write({ 'app.conf': 'two' });
      await scene.app.line('reloaded');
      expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
    },
  );

  it('may be one that ends the app, which then need neither handle nor survive it', async () => {
    await using scene = await createReloadScene({
      app: ({ name }) => programCommand('no-handler', name),
      env: { REHUP_SIGNAL: 'SIGTERM' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    expect(await scene.app.exited).toMatchObject({ signal: 'SIGTERM' });
    await scene.rehup.line({ msg: 'reloaded' });
  });

  it('goes to the master of an app, not to its workers of the same name', async () => {
    await using scene = await createReloadScene({
      app: ({ name }) => programCommand('master', name, '2'),
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.app.lines).toEqual(['ready', 'master reloaded']);
  });
});
