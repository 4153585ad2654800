import { describe, expect, it } from 'vitest';
import { asUser, otherUsers } from '../../support/abilities.ts';
import { createReloadScene, type ReloadScene } from '../../support/reload-scene.ts';
import { programCommand } from '../../support/start-program.ts';

const APP_UID = 4001;

/** An app that runs as root, and rehup as this user, who has just been refused for it. */
async function createRefusedScene(uid: number): Promise<ReloadScene> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(
    await createReloadScene({
      app: ({ name, file }) => programCommand('drops-root', name, file, String(APP_UID)),
      prefix: { rehup: asUser(uid) },
    }),
  );
  await scene.volume.write({ 'app.conf': 'two' });
  const failed = await scene.rehup.line({ msg: 'reload failed', outcome: 'not-permitted' });
  expect(failed.reason).toContain(`rehup runs as uid ${uid} and`);
  expect(failed.reason).toContain(`${scene.name} (${scene.app.pid}) as uid 0:`);
  stack.move();
  return scene;
}

describe.skipIf(otherUsers.missing)(
  `an app that starts as root and goes on as another user${otherUsers.note}`,
  () => {
    it('is signalled by rehup of that user, once it has changed', async () => {
      await using scene = await createRefusedScene(APP_UID);
      scene.app.say('go on');
      await scene.app.line(`runs as ${APP_UID}`);
      await scene.app.line('reloaded two');
      expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ changed: ['app.conf'] });
    });

    it('is not signalled by rehup of a third user, who is told the new uid', async () => {
      await using scene = await createRefusedScene(4002);
      scene.app.say('go on');
      const failed = await scene.rehup.line({
        outcome: 'not-permitted',
        reason: `rehup runs as uid 4002 and ${scene.name} (${scene.app.pid}) as uid ${APP_UID}: it takes the same uid to signal it`,
      });
      expect(failed.remedy).toBe(
        `add to the rehup container: securityContext: {runAsUser: ${APP_UID}}`,
      );
      expect(await scene.rehup.stop()).toBe(0);
      expect(scene.app.lines).toEqual(['ready', `runs as ${APP_UID}`]);
    });
  },
);
