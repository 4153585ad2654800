import { describe, expect, it } from 'vitest';
import { status } from '../../../../support/http-app.ts';
import { createHttpScene } from '../../../../support/http-scene.ts';
import { startRehup } from '../../../../support/start-rehup.ts';

const PASSWORD = 'hunter2';
const TOKEN = 'tok-4711';
const CONTENT = 'content-of-a-key';

describe('credentials in the URL and in headers', () => {
  it('reach the app, and are in no line of the log, nor in /status or /metrics', async () => {
    await using scene = await createHttpScene({
      env: (app) => ({
        REHUP_URL: `http://user:${PASSWORD}@127.0.0.1:${app.port}/-/reload?token=${TOKEN}#${TOKEN}`,
        REHUP_HEADER: `X-Token: ${TOKEN}`,
        REHUP_LISTEN: '127.0.0.1:0',
      }),
    });
    scene.app.answer(status(500));
    await scene.volume.write({ 'app.conf': CONTENT });
    const failed = await scene.rehup.line({ outcome: 'rejected' });
    expect(failed.reason).toContain('redacted');
    scene.app.answer(status(200));
    await scene.rehup.line({ msg: 'reloaded' });
    const { headers, path } = scene.app.requests[0] ?? {};
    expect(path).toBe(`/-/reload?token=${TOKEN}`);
    const basic = Buffer.from(`user:${PASSWORD}`).toString('base64');
    expect(headers?.authorization).toBe(`Basic ${basic}`);

    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    const pages = await Promise.all(
      ['/status', '/metrics'].map(async (page) =>
        (await fetch(`http://127.0.0.1:${port}${page}`)).text(),
      ),
    );
    expect(await scene.rehup.stop()).toBe(0);
    const all = [...scene.rehup.lines.map((line) => JSON.stringify(line)), ...pages].join('\n');
    for (const secret of [PASSWORD, TOKEN, CONTENT, basic]) expect(all).not.toContain(secret);
  });

  it('are not shown where the configuration is refused', async () => {
    await using scene = await createHttpScene();
    await using refused = await startRehup({
      env: { REHUP_WATCH: scene.volume.root, REHUP_URL: `ftp://user:${PASSWORD}@host/` },
      stderr: /REHUP_URL: has the scheme ftp/,
    });
    expect((await refused.exited).code).toBe(2);
    expect(refused.stderr.join('\n')).not.toContain(PASSWORD);
  });
});
