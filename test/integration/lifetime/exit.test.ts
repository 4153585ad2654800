import { describe, expect, it } from 'vitest';
import { createHttpScene } from '../../support/http-scene.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** What the contract allows from SIGTERM to the end. */
const STOP_WITHIN_MS = 5000;

describe('the end of rehup', () => {
  it('has code 2 with all problems of the configuration at once', async () => {
    await using rehup = await startRehup({
      env: {
        REHUP_SETTLE: 'soon',
        REHUP_SIGNAL: 'SIGNOPE',
        REHUP_WATCH: 'relative/path',
        REHUP_TARGTE: 'name:app',
      },
      stderr: /REHUP_SETTLE=soon/,
    });
    expect(await rehup.exited).toMatchObject({ code: 2 });
    const text = rehup.stderr.join('\n');
    for (const part of [
      'REHUP_SETTLE=soon: is not a duration',
      'REHUP_SIGNAL=SIGNOPE: is not a signal',
      'REHUP_WATCH=relative/path: relative/path is not an absolute path',
      'REHUP_TARGTE: is not known; did you mean REHUP_TARGET?',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('    at ');
  });

  it('has code 2 for an unknown flag', async () => {
    await using rehup = await startRehup({ argv: ['--sigal', 'HUP'], stderr: /--signal/ });
    expect(await rehup.exited).toMatchObject({ code: 2 });
  });

  it('has code 2 for two actions', async () => {
    await using rehup = await startRehup({
      argv: ['--signal', 'HUP', '--url', 'http://127.0.0.1:1/'],
      stderr: /two actions/,
    });
    expect(await rehup.exited).toMatchObject({ code: 2 });
  });

  it('has code 3 where nothing to watch exists', async () => {
    await using dir = await createTempDir();
    await using rehup = await startRehup({
      argv: ['--watch', `${dir.path}/missing/conf`],
      stderr: /nothing to watch exists[^]*remedy: correct REHUP_WATCH/,
    });
    expect(await rehup.exited).toMatchObject({ code: 3 });
  });

  it.for(['SIGTERM', 'SIGINT'] as const)('has code 0 at a %s', async (signal) => {
    await using scene = await createReloadScene();
    scene.rehup.kill(signal);
    expect(await scene.rehup.exited).toEqual({ code: 0, signal: null });
    expect(scene.rehup.all({ msg: 'stopping' })).toMatchObject([{ reason: signal }]);
  });

  it('comes by itself with a reload by HTTP in flight', async () => {
    await using scene = await createHttpScene({ env: { REHUP_TIMEOUT: '1h' } });
    scene.app.answer(() => {});
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.seen(1);
    const startMs = performance.now();
    expect(await scene.rehup.stop()).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(STOP_WITHIN_MS);
  });

  it('comes by itself while the app is watched for its survival', async () => {
    await using scene = await createReloadScene({ env: { REHUP_SURVIVE: '1h' } });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    const startMs = performance.now();
    expect(await scene.rehup.stop()).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(STOP_WITHIN_MS);
  });

  it('comes by itself while a retry is due in an hour, or an update settles for one', async () => {
    await using scene = await createHttpScene({
      env: { REHUP_RETRY_DELAY: '1h', REHUP_RETRY_MAX_DELAY: '2h' },
    });
    scene.app.answer((response) => response.writeHead(500).end());
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ outcome: 'rejected' });
    expect(await scene.rehup.stop()).toBe(0);
  });
});

const PHRASES = new Set([
  'watching',
  'update seen',
  'reloaded',
  'reload failed',
  'would reload',
  'nothing to do',
  'watch mode set',
  'mount cannot be read',
  'mount can be read again',
  'target cannot be reloaded',
  'listening',
  'not listening',
  'hint',
  'stopping',
]);

describe('the log', () => {
  it('is one JSON line per decision, with a fixed phrase and a time', async () => {
    await using scene = await createReloadScene({ env: { REHUP_LISTEN: '127.0.0.1:0' } });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(await scene.rehup.stop()).toBe(0);
    for (const { msg, time, level } of scene.rehup.lines) {
      expect(PHRASES).toContain(msg);
      expect(new Date(time).toISOString()).toBe(time);
      expect(['debug', 'info', 'warn', 'error']).toContain(level);
    }
    expect(scene.rehup.all({ level: 'info' }).map(({ msg }) => msg)).toEqual([
      'watching',
      'nothing to do',
      'update seen',
      'reloaded',
      'stopping',
    ]);
  });
});
