import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../support/reload-scene.ts';

describe('an app that was stopped', () => {
  it('has not been reloaded until it has taken the signal', async () => {
    await using scene = await createReloadScene({ env: { REHUP_TIMEOUT: '100ms' } });
    const { app, rehup, volume, name } = scene;
    process.kill(app.pid, 'SIGSTOP');
    await volume.write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'unverified' });
    expect(failed.reason).toBe(
      `${name} (${app.pid}) has not taken the signal within 100 ms: it is stopped, or blocks it`,
    );
    process.kill(app.pid, 'SIGCONT');
    await app.line('reloaded two');
    await rehup.line({ msg: 'reloaded' });
  });
});
