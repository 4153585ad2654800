import { describe, expect, it } from 'vitest';
import { status } from '../../support/http-app.ts';
import { createHttpScene, type HttpScene } from '../../support/http-scene.ts';
import { startLineProcess } from '../../support/line-process.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { rehupCommand } from '../../support/start-rehup.ts';
import { waitFor } from '../../support/wait-for.ts';

const LISTEN = { REHUP_LISTEN: '127.0.0.1:0' };

function portOf({ rehup }: HttpScene): number {
  return rehup.all({ msg: 'listening' })[0]?.port ?? 0;
}

/** What `rehup trigger` prints of what came of it. */
async function trigger(scene: HttpScene): Promise<string> {
  const { stdout } = await runRehup(['trigger'], { REHUP_LISTEN: `127.0.0.1:${portOf(scene)}` });
  return stdout;
}

/** Answers come when the test lets them. */
function hold({ app }: HttpScene): { next: (code: number) => void } {
  const held: ((code: number) => void)[] = [];
  app.answer((response, request) => held.push((code) => status(code)(response, request)));
  return { next: (code) => held.shift()?.(code) };
}

describe('who asks for a reload', () => {
  it('gets the answer of the turn that began after that, not of one that was under way', async () => {
    await using scene = await createHttpScene({ env: LISTEN });
    const held = hold(scene);
    const first = trigger(scene);
    await scene.app.seen(1);
    await using second = await startLineProcess(rehupCommand(['trigger']), {
      env: { REHUP_LISTEN: `127.0.0.1:${portOf(scene)}` },
    });
    await waitFor('the second one to wait', () => second.stderr.length > 0);
    held.next(200);
    expect(await first).toBe('default: reloaded');
    await scene.app.seen(2);
    held.next(500);
    await second.line(/^default: rejected/);
  });

  it('is told of an earlier reload that has to end first', async () => {
    await using scene = await createHttpScene({ env: LISTEN });
    const held = hold(scene);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.seen(1);
    await using asking = await startLineProcess(rehupCommand(['trigger']), {
      env: { REHUP_LISTEN: `127.0.0.1:${portOf(scene)}` },
    });
    await waitFor('the reason', () => asking.stderr.length > 0);
    expect(asking.stderr).toEqual([
      expect.stringMatching(/^rehup: an earlier reload is under way, since \d+ s$/),
    ]);
    expect(await scene.rehup.line({ msg: 'trigger waits' })).toMatchObject({ source: 'trigger' });
    held.next(200);
    await scene.app.seen(2);
    held.next(200);
    await asking.line('default: reloaded');
    expect(await asking.exited).toMatchObject({ code: 0 });
  });

  it('is told of the least time between two reloads, where that holds it', async () => {
    const env = { ...LISTEN, REHUP_MIN_INTERVAL: '1h' };
    await using scene = await createHttpScene({ env });
    await using asking = await startLineProcess(rehupCommand(['trigger']), {
      env: { REHUP_LISTEN: `127.0.0.1:${portOf(scene)}` },
    });
    const reason =
      /waiting for REHUP_MIN_INTERVAL, the least time between two reloads: (?:59 m|1 h) to go$/;
    expect((await scene.rehup.line({ msg: 'trigger waits' })).reason).toMatch(reason);
    await waitFor('the reason', () => asking.stderr.length > 0);
    expect(asking.stderr).toEqual([expect.stringMatching(reason)]);
  });
});
