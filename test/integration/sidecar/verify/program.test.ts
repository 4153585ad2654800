import { describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../support/http-server.ts';
import { createReloadScene } from '../../../support/reload-scene.ts';

describe('rehup', () => {
  it('holds the signal until the app is ready', async () => {
    let ready = false;
    await using server = await startHttpServer((response) =>
      response.writeHead(ready ? 200 : 503).end(),
    );
    await using scene = await createReloadScene({ env: { REHUP_READY_URL: server.url() } });
    const { app, rehup, volume } = scene;
    await volume.write({ 'app.conf': 'two' });
    const held = await rehup.line({ outcome: 'not-ready' });
    expect(held).toMatchObject({
      msg: 'reload failed',
      reason: `GET ${server.url()} was answered with status 503`,
    });
    expect(app.lines.some((line) => line.includes('two'))).toBe(false);
    ready = true;
    await rehup.line({ msg: 'reloaded' });
    await app.line(/two/);
  });

  it('reloads once more when the app does not show the new content in time', async () => {
    let shown = 'old';
    await using server = await startHttpServer((response) => response.end(shown));
    await using scene = await createReloadScene({
      env: {
        REHUP_VERIFY_URL: server.url(),
        REHUP_VERIFY_MATCH: '^new$',
        REHUP_VERIFY_TIMEOUT: '1ms',
      },
    });
    const { app, rehup, volume } = scene;
    await volume.write({ 'app.conf': 'two' });
    const unverified = await rehup.line({ outcome: 'unverified' });
    expect(unverified.reason).toContain('the body does not match REHUP_VERIFY_MATCH');
    await app.line(/two/);
    shown = 'new';
    await rehup.line({ msg: 'reloaded' });
    await app.line(/two/);
  });
});
