// Other processes of the pod choose their names and command lines: these are text, and bounded.
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startLineProcess } from '../../support/line-process.ts';
import { findSteering } from '../../support/plain-output.ts';
import { createReloadScene, type ReloadScene } from '../../support/reload-scene.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { programCommand, startProgram, uniqueName } from '../../support/start-program.ts';
import { rehupCommand, startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { nextMoment } from '../../support/uptime.ts';

/** At most 15 bytes each: that is all that the kernel keeps. */
const names: [string, Buffer][] = [
  ['that ends a log line and begins another', Buffer.from('x"}\n{"msg":"y"}')],
  ['that steers a terminal', Buffer.from('\u001b[2J\u001b]0;x\u0007')],
  ['that steers a terminal by C1 characters', Buffer.from('\u009b2J\u009d0;x\u009c')],
  ['that turns the direction of the text', Buffer.from('\u202egnp.exe\u2028')],
  ['that is not UTF-8', Buffer.from([0xff, 0xfe, 0x80, 0xc3])],
  ['that looks like the end of a name', Buffer.from(') S 1 1 1 (')],
];

/** Finds the app by what its command line has besides its name. */
async function createScene(
  name: Buffer,
  options: { junk?: readonly string[]; env?: Record<string, string> } = {},
): Promise<ReloadScene> {
  const { junk = [], env } = options;
  return await createReloadScene({
    app: (context) => programCommand('hostile', name.toString('base64url'), context.name, ...junk),
    env: (context) => ({ REHUP_TARGET: `cmdline:^\\S+ \\S+ \\S+ ${context.name}( |$)`, ...env }),
  });
}

describe('a process with a name', () => {
  it.for(names)('%s is a target like any other', async ([, name]) => {
    await using state = await createTempDir();
    const where = { REHUP_STATE_DIR: state.path, REHUP_LISTEN: 'off' };
    await using scene = await createScene(name, { env: where });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded');
    const { target } = await scene.rehup.line({ msg: 'reloaded' });
    expect(target).toBe(`${name.subarray(0, 15).toString()} (${scene.app.pid})`);
    for (const argv of [['status'], ['status', '--output', 'text'], ['trigger']]) {
      const { stdout, stderr, exitCode } = await runRehup(argv, where);
      expect({ argv, exitCode, steering: findSteering(stdout + stderr) }).toEqual({
        argv,
        exitCode: 0,
        steering: [],
      });
    }
  });

  it.for(
    names.flatMap(([what, name]) =>
      (['json', 'pretty'] as const).map((format) => ({ what, name, format })),
    ),
  )('$what does nothing to a terminal in the $format log', async ({ name, format }) => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await nextMoment();
    const id = uniqueName();
    await using app = await startProgram(programCommand('hostile', name.toString('base64url'), id));
    await using rehup = await startLineProcess(rehupCommand(), {
      env: {
        REHUP_WATCH: volume.root,
        REHUP_TARGET: `cmdline:${id}`,
        REHUP_LOG_FORMAT: format,
        REHUP_LISTEN: 'off',
        REHUP_SURVIVE: '0s',
      },
    });
    await rehup.line(/already-current/);
    await volume.write({ 'app.conf': 'two' });
    await app.line('reloaded');
    // For machines, and for people.
    await rehup.line(/swap_to_reload_ms|\(in \S+ m?s\)$/);
    rehup.kill('SIGTERM');
    await rehup.exited;
    expect(findSteering(rehup.lines.join('\n'))).toEqual([]);
    if (format === 'json') for (const line of rehup.lines) JSON.parse(line);
  });
});

describe('a process with a command line', () => {
  it('of 1 MB is found by its beginning, and not shown', async () => {
    const junk = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(100_000));
    await using scene = await createScene(Buffer.from('long'), { junk });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded');
    await scene.rehup.line({ msg: 'reloaded' });
    const longest = Math.max(...scene.rehup.lines.map((line) => JSON.stringify(line).length));
    expect(longest).toBeLessThan(2000);
  });

  it('that keeps a pattern busy without an end is refused in time', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const id = uniqueName();
    const junk = ['a'.repeat(100_000), '!'];
    await using app = await startProgram(programCommand('hostile', 'YXBw', id, ...junk));
    await using rehup = await startRehup({
      env: {
        REHUP_WATCH: volume.root,
        REHUP_TARGET: `cmdline:${id} (a+)+$`,
        REHUP_LISTEN: '127.0.0.1:0',
      },
    });
    const refused = await rehup.line({ outcome: 'no-target' });
    expect(refused.reason).toContain('the pattern had not finished within 500 ms');
    expect(refused.remedy).toContain('REHUP_TARGET');
    const { port = 0 } = rehup.all({ msg: 'listening' })[0] ?? {};
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(await rehup.stop()).toBe(0);
    expect(app.lines).toEqual(['ready']);
  });
});
