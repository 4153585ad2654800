import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../support/http-app.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import type { Rehup } from '../../support/start-rehup.ts';

/** From now on it can open so many files: those that are open stay so. */
async function limitFiles({ pid }: Rehup, count: number): Promise<void> {
  await execa('prlimit', [`--pid=${pid}`, `--nofile=${count}:`]);
}

describe('a rehup that can open no file', () => {
  it.each(['signal', 'request', 'command'])(
    'says so, lives on, and reloads by a %s as soon as it can',
    async (kind) => {
      await using server = await createHttpApp();
      const actions = {
        signal: {},
        request: { REHUP_URL: server.url },
        command: { REHUP_EXEC: '/bin/true' },
      };
      await using scene = await createReloadScene({
        env: { ...actions[kind as keyof typeof actions], REHUP_POLL: '100ms' },
      });
      const { rehup, volume } = scene;
      await volume.write({ 'app.conf': 'two' });
      await rehup.line({ msg: 'reloaded', changed: ['app.conf'] });
      await limitFiles(rehup, 3);
      await volume.write({ 'app.conf': 'three' });
      const problem = await rehup.line({ msg: 'mount cannot be read' });
      expect(problem.reason).toContain('EMFILE');
      expect(problem.remedy).toContain('RLIMIT_NOFILE');
      // Somebody asks for it all the same.
      rehup.kill('SIGHUP');
      const failed = await rehup.line({ msg: 'reload failed' });
      expect(failed.outcome).toBe('not-ready');
      await limitFiles(rehup, 1024);
      await rehup.line({ msg: 'reloaded', changed: ['app.conf'] });
      expect(await rehup.stop()).toBe(0);
    },
  );
});
