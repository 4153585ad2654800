import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../../support/reload-scene.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

describe('rehup with a command', () => {
  it('runs it for a change, with the target and what changed', async () => {
    await using signs = await createTempDir();
    const told = join(signs.path, 'told');
    await using scene = await createReloadScene({
      env: {
        REHUP_EXEC: `/bin/sh -c 'echo "$REHUP_TARGET_PID $REHUP_CHANGED" >> ${told}'`,
      },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    const line = await scene.rehup.line({ outcome: 'reloaded' });
    expect(line).toMatchObject({ msg: 'reloaded', action: 'exec', changed: ['app.conf'] });
    expect(readFileSync(told, 'utf8')).toBe(
      `${scene.app.pid} ${join(scene.volume.root, 'app.conf')}\n`,
    );
  });

  it('reports a command that fails, and tries again', async () => {
    await using scene = await createReloadScene({ env: { REHUP_EXEC: '/bin/false' } });
    await scene.volume.write({ 'app.conf': 'two' });
    const line = await scene.rehup.line({ outcome: 'rejected' });
    expect(line).toMatchObject({
      msg: 'reload failed',
      reason: 'the command /bin/false ended with exit code 1',
    });
    expect(line.retry_in_ms).toBeGreaterThan(0);
    await scene.rehup.line({ outcome: 'rejected' });
  });

  it('tells the app of valid content only', async () => {
    await using scene = await createReloadScene({
      payload: { 'app.conf': '{"a": 1}' },
      env: { REHUP_VALIDATE: '*.conf=json' },
    });
    await scene.volume.write({ 'app.conf': '{"pin": 1234,}' });
    const refused = await scene.rehup.line({ outcome: 'invalid' });
    expect(refused).toMatchObject({
      msg: 'reload failed',
      reason: `${scene.volume.root}/app.conf, line 1, column 14: is not JSON: a comma stands before the closing bracket`,
    });
    expect(JSON.stringify(scene.rehup.lines)).not.toContain('1234');
    await scene.volume.write({ 'app.conf': '{"pin": 5678}' });
    await scene.rehup.line({ outcome: 'reloaded' });
    await scene.app.line('reloaded {"pin": 5678}');
    expect(scene.app.lines.filter((line) => line.startsWith('reloaded'))).toHaveLength(1);
  });
});
