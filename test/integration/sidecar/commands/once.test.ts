import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { programCommand, startProgram, uniqueName } from '../../../support/start-program.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { nextMoment } from '../../../support/uptime.ts';

describe('rehup once', () => {
  it('leaves with 0 after the first reload that succeeded', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await nextMoment();
    const name = uniqueName();
    await using app = await startProgram(
      programCommand('handler', name, `${volume.root}/app.conf`),
    );
    await using rehup = await startRehup({
      argv: ['once'],
      env: { REHUP_WATCH: volume.root, REHUP_TARGET: `name:${name}` },
    });
    await rehup.line({ outcome: 'already-current' });
    await volume.write({ 'app.conf': 'two' });
    await app.line('reloaded two');
    expect((await rehup.exited).code).toBe(0);
    expect(rehup.all({ msg: 'reloaded' })).toHaveLength(1);
  });

  it('leaves with 4 when the retries are used up', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await using rehup = await startRehup({
      argv: ['once', '--retries=2'],
      env: { REHUP_WATCH: volume.root, REHUP_TARGET: `name:${uniqueName()}` },
    });
    await rehup.line({ msg: 'watching' });
    await volume.write({ 'app.conf': 'two' });
    expect((await rehup.exited).code).toBe(4);
    expect(rehup.all({ outcome: 'no-target', msg: 'reload failed' })).toHaveLength(3);
  });
});
