import { describe, expect, it } from 'vitest';
import { asUser, otherUsers } from '../../support/abilities.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { programCommand, shellCommand } from '../../support/start-program.ts';
import { waitFor } from '../../support/wait-for.ts';

const noHandler = ({ name }: { name: string }): string[] => programCommand('no-handler', name);

/** Signal 0 is sent to nobody: it only asks whether the process is there. */
function isAlive(pid: number): boolean {
  return process.kill(pid, 0);
}

describe('rehup and an app that it must not signal', () => {
  it('does not send a signal that the app has no handler for, and names the remedy', async () => {
    await using scene = await createReloadScene({ app: noHandler });
    await scene.volume.write({ 'app.conf': 'two' });
    const failed = await scene.rehup.line({ msg: 'reload failed', outcome: 'no-handler' });
    expect(failed.reason).toBe(
      `${scene.name} (${scene.app.pid}) has no handler for SIGHUP: the signal may kill it`,
    );
    for (const setting of ['REHUP_SIGNAL', 'REHUP_URL', 'REHUP_RESTART']) {
      expect(failed.remedy).toContain(setting);
    }
    await scene.rehup.line({ outcome: 'no-handler' });
    expect(isAlive(scene.app.pid)).toBe(true);
  });

  it('sends it as soon as the app has installed its handler', async () => {
    await using scene = await createReloadScene({
      app: ({ name }) => programCommand('late-handler', name),
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ outcome: 'no-handler' });
    scene.app.say('now');
    await scene.app.line('handling');
    await scene.app.line('reloaded');
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ changed: ['app.conf'] });
  });

  it('does not send a signal that the app ignores', async () => {
    await using scene = await createReloadScene({
      app: ({ name }) => [...shellCommand({ signal: 1, action: '' }), name],
      env: ({ name }) => ({ REHUP_TARGET: `cmdline:${name}$` }),
    });
    await scene.volume.write({ 'app.conf': 'two' });
    const failed = await scene.rehup.line({ outcome: 'no-handler' });
    expect(failed.reason).toContain('it ignores the signal');
  });

  it('kills such an app where it is told to ask for no handler, and says that it died', async () => {
    await using scene = await createReloadScene({
      app: noHandler,
      env: { REHUP_REQUIRE_HANDLER: 'false', REHUP_SURVIVE: '10s' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    expect(await scene.app.exited).toMatchObject({ signal: 'SIGHUP' });
    await scene.rehup.line({ level: 'error', msg: 'reload failed', outcome: 'target-died' });
  });

  it('says of an app that the new content kills that it died, and where to look', async () => {
    await using scene = await createReloadScene({
      app: ({ name, file }) => programCommand('dies', name, file),
      env: { REHUP_SURVIVE: '10s' },
    });
    await scene.volume.write({ 'app.conf': 'bad' });
    await scene.app.line('reloaded bad');
    const failed = await scene.rehup.line({ level: 'error', outcome: 'target-died' });
    expect(failed.reason).toMatch(/ died \d+ ms after the reload$/);
    expect(failed.remedy).toContain('kubectl logs <pod> -c <container> --previous');
    await scene.rehup.line({ outcome: 'no-target' });
  });

  it('says that an app is gone which ends while the reload is retried', async () => {
    await using scene = await createReloadScene({ app: noHandler });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ outcome: 'no-handler' });
    scene.app.kill('SIGKILL');
    await scene.app.exited;
    // The retry that was about to signal it may be the one that tells first.
    const reasons = (): (string | undefined)[] =>
      scene.rehup.all({ outcome: 'no-target' }).map(({ reason }) => reason);
    const gone = `no process named ${scene.name} is running`;
    await waitFor('a later look', () => reasons().some((reason) => reason?.includes(gone)));
    expect(reasons().at(-1)).toContain(gone);
  });

  it('leaves an app alone that is younger than asked for, and comes back at that age', async () => {
    await using scene = await createReloadScene({ env: { REHUP_MIN_AGE: '1h' } });
    await scene.volume.write({ 'app.conf': 'two' });
    const { retry_in_ms: pauseMs = Number.NaN } = await scene.rehup.line({ outcome: 'too-young' });
    expect(pauseMs).toBeGreaterThan(0);
    expect(pauseMs).toBeLessThan(3_600_000);
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready']);
  });

  it.skipIf(otherUsers.missing)(
    `does not signal an app of another uid, and names the uid to run as${otherUsers.note}`,
    async () => {
      await using scene = await createReloadScene({
        prefix: { app: asUser(4001), rehup: asUser(4002) },
      });
      await scene.volume.write({ 'app.conf': 'two' });
      const failed = await scene.rehup.line({ outcome: 'not-permitted' });
      expect(failed.reason).toContain('rehup runs as uid 4002');
      expect(failed.reason).toContain('as uid 4001');
      expect(failed.remedy).toContain('securityContext: {runAsUser: 4001}');
      expect(isAlive(scene.app.pid)).toBe(true);
    },
  );

  it.skipIf(otherUsers.missing)(
    `signals an app of the same uid without any privilege${otherUsers.note}`,
    async () => {
      await using scene = await createReloadScene({
        prefix: { app: asUser(4001), rehup: [...asUser(4001), '--no-new-privs'] },
      });
      await scene.volume.write({ 'app.conf': 'two' });
      await scene.app.line('reloaded two');
      expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
    },
  );
});
