import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chosenPids, pidNamespaces } from '../../support/abilities.ts';
import { type LineProcess, startLineProcess } from '../../support/line-process.ts';
import { createPodScene, type PodScene } from '../../support/pod-scene.ts';
import { programCommand } from '../../support/start-program.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { nextMoment } from '../../support/uptime.ts';

const APP = programCommand('handler', 'app', '/etc/config/app.conf');

async function createScene(): Promise<PodScene> {
  return await createPodScene({
    volumes: { config: { payload: { 'app.conf': 'one' } } },
    containers: { app: [{ volume: 'config' }], rehup: [{ volume: 'config' }] },
  });
}

/** The pid that it has in the pod. */
function pidInPod({ pid }: LineProcess): number {
  const [, pids = ''] = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(pids.split(/\s+/).at(-1));
}

/** Of other processes of the pod, one may be faster to take the pid that is next. */
const TRIES = 10;

/** Ends a process and starts a command that gets its pid. */
async function replace(
  scene: PodScene,
  old: LineProcess,
  command: readonly string[],
): Promise<LineProcess> {
  const pid = pidInPod(old);
  old.kill('SIGKILL');
  await old.exited;
  // Start times tell the two apart, with a resolution of 10 ms.
  await nextMoment();
  const enter = ['nsenter', `--target=${scene.pause.pid}`, '--mount', '--pid', '/bin/sh', '-c'];
  const choosePid = [...enter, `echo ${pid - 1} > /proc/sys/kernel/ns_last_pid`];
  for (let tries = 0; tries < TRIES; tries += 1) {
    await using chooser = await startLineProcess(choosePid);
    expect(await chooser.exited).toMatchObject({ code: 0 });
    const next = await scene.start('app', command);
    await next.line('ready');
    if (pidInPod(next) === pid) return next;
    await next[Symbol.asyncDispose]();
  }
  throw new Error(`no process got the pid ${pid} again`);
}

const missing = pidNamespaces.missing || chosenPids.missing;

describe.skipIf(missing)(`a pid that is used again${pidNamespaces.note || chosenPids.note}`, () => {
  it.each([
    ['with', APP, 'reloaded', ['reloaded two']],
    ['without', programCommand('no-handler', 'other'), 'no-handler', []],
  ] as const)(
    'makes a pid file stale: a process %s a handler is not signalled for it',
    async (_, other, outcome, said) => {
      await using dir = await createTempDir();
      const path = join(dir.path, 'app.pid');
      await using scene = await createScene();
      const writePid = ['/bin/sh', '-c', `echo $$ > '${path}'; exec "$@"`, 'sh'];
      const first = await scene.start('app', [...writePid, ...APP]);
      await first.line('ready');
      const pid = pidInPod(first);
      expect(readFileSync(path, 'utf8')).toBe(`${pid}\n`);
      const rehup = await scene.startRehup({
        env: { REHUP_WATCH: '/etc/config', REHUP_TARGET: `pidfile:${path}` },
      });
      await rehup.line({ outcome: 'already-current' });
      const second = await replace(scene, first, other);
      expect(pidInPod(second)).toBe(pid);
      // As if it had been written a while ago: a second is allowed for differences of the clocks.
      const writtenAt = new Date(statSync(path).mtimeMs - 10_000);
      utimesSync(path, writtenAt, writtenAt);
      await scene.volume('config').write({ 'app.conf': 'two' });
      const stale = {
        outcome: 'no-target',
        reason: `${path} is stale: the process that it names started after it was written`,
      };
      await rehup.line({ msg: 'reload failed', ...stale });
      await rehup.line(stale);
      expect(second.lines).toEqual(['ready']);
      writeFileSync(path, `${pid}\n`);
      await rehup.line({ outcome });
      for (const line of said) await second.line(line);
      expect(await rehup.stop()).toBe(0);
      expect(second.lines).toEqual(['ready', ...said]);
      expect(process.kill(second.pid, 0)).toBe(true);
    },
  );

  it('does not make a pid file stale that was written before the clock was set forward', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'app.pid');
    await using scene = await createScene();
    const writePid = ['/bin/sh', '-c', `echo $$ > '${path}'; exec "$@"`, 'sh'];
    const app = await scene.start('app', [...writePid, ...APP]);
    await app.line('ready');
    // As NTP does it after the boot of a node: what was written until then shows an earlier time.
    for (const file of [path, `/proc/${scene.pause.pid}/root/etc/hostname`]) {
      const writtenAt = new Date(statSync(file).mtimeMs - 3_600_000);
      utimesSync(file, writtenAt, writtenAt);
    }
    const rehup = await scene.startRehup({
      env: { REHUP_WATCH: '/etc/config', REHUP_TARGET: `pidfile:${path}` },
    });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.line('reloaded two');
    await rehup.line({ msg: 'reloaded' });
    expect(rehup.all({ outcome: 'no-target' })).toEqual([]);
  });

  it('is noticed between the choice of the target and the signal', async () => {
    await using scene = await createScene();
    const first = await scene.start('app', APP);
    await first.line('ready');
    const pid = pidInPod(first);
    const sender = await scene.start('rehup', programCommand('late-signal', String(pid)));
    await sender.line('ready');
    sender.say('choose');
    await sender.line('chosen 1');
    const second = await replace(scene, first, APP);
    expect(pidInPod(second)).toBe(pid);
    sender.say('signal');
    await sender.line(`no-target: app/app (${pid}) ended before it was signalled`);
    // The other way round it is signalled, and that signal is the only one.
    sender.say('choose');
    await sender.line('chosen 1');
    sender.say('signal');
    await sender.line('signalled');
    await second.line('reloaded one');
    expect(second.lines).toEqual(['ready', 'reloaded one']);
  });
});
