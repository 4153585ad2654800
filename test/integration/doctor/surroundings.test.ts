// Faults of the node and of the container, and how doctor prints what it finds.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { pidNamespaces, userNamespaces } from '../../support/abilities.ts';
import { type Report, toDoctorCommand, toReport } from '../../support/doctor/report.ts';
import { startPod } from '../../support/doctor/situation.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startLineProcess } from '../../support/line-process.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { programCommand, startProgram, uniqueName } from '../../support/start-program.ts';
import { rehupCommand } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

type Limit = 'instances' | 'watches';

/** The limits of a user namespace bind those in it, and nobody else on the machine. */
function limited(limit: Limit, count: number): string[] {
  const script = `echo ${count} > /proc/sys/user/max_inotify_${limit}; exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '/bin/sh', '-c', script, 'sh'];
}

async function runDoctor(
  env: Readonly<Record<string, string>>,
  prefix: readonly string[] = [],
): Promise<Report> {
  return await toReport(await startLineProcess([...prefix, ...toDoctorCommand(env)]));
}

describe.skipIf(userNamespaces.missing)(`rehup doctor and inotify${userNamespaces.note}`, () => {
  it.for(['instances', 'watches'] as const)(
    'names inotify-%s-exhausted, with the sysctl and the use, and how far to raise it',
    async (limit) => {
      await using scene = await createReloadScene();
      const env = {
        REHUP_WATCH: scene.volume.root,
        REHUP_TARGET: `name:${scene.name}`,
        REHUP_LISTEN: 'off',
      };
      const { problems, exitCode } = await runDoctor(env, limited(limit, 0));
      expect(problems).toMatchObject([{ id: `inotify-${limit}-exhausted`, status: 'warn' }]);
      expect(exitCode).toBe(0);
      const [problem] = problems;
      expect(problem?.seen).toMatch(
        new RegExp(
          `fs\\.inotify\\.max_user_${limit} is \\d+; .*max_inotify_${limit} is 0; \\d+ of them are in use`,
        ),
      );
      const [raise, poll] = problem?.remedies ?? [];
      const change = raise?.changes.find(({ path }) => path === `user.max_inotify_${limit}`);
      const raised = Number(change?.value);
      expect(raised).toBeGreaterThan(100);
      await using remedied = await createReloadScene({
        prefix: { rehup: limited(limit, raised) },
      });
      expect(remedied.rehup.all({ msg: 'watch mode set' })).toMatchObject([{ mode: 'inotify' }]);
      await remedied.volume.write({ 'app.conf': 'two' });
      await remedied.app.line('reloaded two');
      const asked = { ...env, REHUP_WATCH_MODE: 'poll', REHUP_POLL: '1s' };
      expect(poll?.changes).toMatchObject([
        { value: '[{name: REHUP_WATCH_MODE, value: poll}, {name: REHUP_POLL, value: 1s}]' },
      ]);
      expect((await runDoctor(asked, limited(limit, 0))).problems).toEqual([]);
    },
  );
});

describe.skipIf(pidNamespaces.missing)(
  `an uptime that is not the node's${pidNamespaces.note}`,
  () => {
    it('is no problem for the next reload, nor for doctor: lxcfs mounts a file of its own', async () => {
      await using dir = await createTempDir();
      const fake = join(dir.path, 'uptime');
      writeFileSync(fake, '5.00 1.00\n');
      const script = `mount --bind ${fake} /proc/uptime; exec "$@"`;
      const prefix = ['unshare', '--mount', '/bin/sh', '-ec', script, 'sh'];
      await using pod = await startPod({
        containers: { app: [{ volume: 'config' }], rehup: [{ volume: 'config' }] },
        apps: { app: {} },
        rehup: { prefix },
      });
      expect((await pod.doctor()).problems).toEqual([]);
      await using rehup = await pod.startRehup();
      await rehup.line({ msg: 'watching' });
      await pod.scene.volume('config').write({ 'app.conf': 'two' });
      await pod.app('app').line('reloaded two');
      await rehup.line({ msg: 'reloaded' });
    });
  },
);

describe('what rehup doctor prints', () => {
  it('is a line for each check, and below it why it matters and what to change', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'the content' });
    const name = uniqueName();
    await using app = await startProgram(programCommand('no-handler', name));
    const env = { REHUP_WATCH: volume.root, REHUP_TARGET: `name:${name}`, REHUP_LISTEN: 'off' };
    const [node = '', ...args] = rehupCommand(['doctor']);
    const plain = await execa(node, args, {
      env: { ...env, LANG: 'C' },
      extendEnv: false,
      reject: false,
    });
    expect(plain.exitCode).toBe(5);
    expect(plain.stderr).toBe('');
    const lines = plain.stdout.split('\n');
    expect(lines).toContain(`ok settings: set are REHUP_LISTEN, REHUP_TARGET, REHUP_WATCH`);
    const at = lines.findIndex((line) => line.startsWith('X  no-handler: '));
    expect(lines.slice(at, at + 5)).toEqual([
      `X  no-handler: ${name} (${app.pid}) has no handler for SIGHUP: the signal may kill it`,
      '    why     a signal without a handler ends the process, or is ignored',
      expect.stringMatching(/^ {4}remedy {2}set REHUP_SIGNAL to the signal that reloads this app/),
      '    change  spec.containers[name=rehup].env: [{name: REHUP_RESTART, value: container}]',
      '            (the container is restarted at each update, and then has the current content)',
    ]);
    expect(plain.stdout).toMatch(/^1 failed, 0 to look at, \d+ passed$/m);
    expect(plain.stdout).not.toContain('the content');
    const utf8 = await execa(node, args, { env, extendEnv: false, reject: false });
    expect(utf8.stdout).toMatch(/^✓ settings: .*\n[^]*^✗ no-handler: /m);
    expect(app.lines).toEqual(['ready']);
  });

  it('tells the rules apart, and puts a remedy into the configuration file', async () => {
    await using dir = await createTempDir();
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const name = uniqueName();
    await using _app = await startProgram(
      programCommand('handler', name, join(volume.root, 'app.conf')),
    );
    const file = join(dir.path, 'rehup.yaml');
    const rule = { watch: volume.root };
    const rules = [
      { name: 'good', ...rule, target: `name:${name}` },
      { name: 'bad', ...rule, target: `name:${name.toUpperCase()}`, grace: '5s' },
    ];
    writeFileSync(file, JSON.stringify({ rules }));
    const { problems } = await runDoctor({ REHUP_CONFIG: file, REHUP_LISTEN: 'off' });
    expect(problems).toMatchObject([
      {
        id: 'setting-without-effect',
        rule: 'bad',
        remedies: [{ changes: [{ where: file, path: 'rules[name=bad].grace', value: null }] }],
      },
      {
        id: 'target-not-found',
        rule: 'bad',
        remedies: [
          { changes: [{ where: file, path: 'rules[name=bad].target', value: `name:${name}` }] },
        ],
      },
    ]);
  });

  it('says of a variable that wins over the file that the file has no say', async () => {
    await using dir = await createTempDir();
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const name = uniqueName();
    await using _app = await startProgram(
      programCommand('handler', name, join(volume.root, 'app.conf')),
    );
    const file = join(dir.path, 'rehup.yaml');
    writeFileSync(
      file,
      JSON.stringify({ rules: [{ name: 'app', target: 'auto', watch: volume.root }] }),
    );
    const env = { REHUP_CONFIG: file, REHUP_LISTEN: 'off', REHUP_TARGET: `name:${name}` };
    expect((await runDoctor(env)).problems).toMatchObject([
      {
        id: 'setting-without-effect',
        seen: expect.stringContaining(
          'target of this rule in the configuration file has no effect',
        ),
        remedies: [
          {
            changes: [{ path: 'spec.containers[name=rehup].env[name=REHUP_TARGET]', value: null }],
          },
        ],
      },
    ]);
  });

  it('names exec-not-found, and starts no program', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const env = { REHUP_WATCH: volume.root, REHUP_LISTEN: 'off', REHUP_EXEC: 'no-such-program' };
    expect((await runDoctor(env)).problems).toMatchObject([
      {
        id: 'exec-not-found',
        seen: expect.stringContaining('no such program in the rehup container'),
      },
    ]);
    const made = join(volume.root, 'made');
    const touch = { ...env, REHUP_EXEC: `touch ${made}` };
    expect((await runDoctor(touch)).problems).toEqual([]);
    expect(existsSync(made)).toBe(false);
  });

  it('refuses a format that there is not', async () => {
    const [node = '', ...args] = rehupCommand(['doctor', '--output', 'xml']);
    const { exitCode, stderr } = await execa(node, args, { reject: false });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('text, json');
  });
});
