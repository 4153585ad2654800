import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type {
  RuleDocument,
  StatusDocument,
} from '../../../../src/sidecar/report/status/document.ts';
import { pidNamespaces, terminal } from '../../../support/abilities.ts';
import { createPodScene, type PodScene } from '../../../support/pod-scene.ts';
import type { PodSpec, VolumeMount } from '../../../support/pod-scene/pod-spec.ts';
import { createReloadScene } from '../../../support/reload-scene.ts';
import { runOnTerminal, runRehup } from '../../../support/run-rehup.ts';
import { sha256 } from '../../../support/snapshot-builder.ts';
import { programCommand } from '../../../support/start-program.ts';
import { type Rehup, rehupCommand } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const MOUNTED: VolumeMount[] = [{ volume: 'config' }, { volume: 'tls' }];
const POD: PodSpec = {
  volumes: {
    config: { payload: { 'app.conf': 'one', 'other.conf': 'one' } },
    tls: { kind: 'secret', payload: { 'tls.key': 'secret' } },
  },
  containers: { app: MOUNTED, rehup: MOUNTED },
};
const APP = programCommand('handler', 'app', '/etc/config/app.conf');

async function startInPod(
  scene: PodScene,
  stateDir: string,
  command: readonly string[],
): Promise<Rehup> {
  const app = await scene.start('app', command);
  await app.line('ready');
  const rehup = await scene.startRehup({ env: { REHUP_STATE_DIR: stateDir } });
  await rehup.line({ msg: 'watching' });
  return rehup;
}

/** As `kubectl exec POD -c rehup -- rehup status` would. */
async function askInPod(scene: PodScene, stateDir: string): Promise<string> {
  const flags = [`--state-dir=${stateDir}`, '--listen=off'];
  const asked = await scene.start('rehup', rehupCommand(['status', ...flags]));
  expect(await asked.exited).toEqual({ code: 0, signal: null });
  return asked.lines.join('\n');
}

function ruleOf(json: string): RuleDocument {
  const { rules } = JSON.parse(json) as StatusDocument;
  if (rules['default'] === undefined) throw new Error(`no rule in ${json}`);
  return rules['default'];
}

describe.skipIf(pidNamespaces.missing)(`rehup status in a pod${pidNamespaces.note}`, () => {
  it('tells what is watched, whom it reloads, and what it did', async () => {
    await using scene = await createPodScene(POD);
    await using state = await createTempDir();
    const rehup = await startInPod(scene, state.path, APP);
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two', 'other.conf': 'one' });
    const { target, hash } = await rehup.line({ msg: 'reloaded' });
    const rule = ruleOf(await askInPod(scene, state.path));
    expect(rule).toMatchObject({
      action: 'signal',
      state: 'applied',
      hash,
      pending: false,
      mounts: [
        {
          path: '/etc/config',
          volume: { kind: 'configmap', name: 'config', subPath: false },
          mode: 'inotify',
          keys: { 'app.conf': sha256('two').slice(0, 12) },
        },
        { path: '/etc/tls', volume: { kind: 'tmpfs', subPath: false } },
      ],
      targets: [{ container: 'app', command: 'app', uid: 0 }],
    });
    expect(rule.targets.map(({ pid }) => `app/app (${pid})`)).toEqual([target]);
    const reloaded = rule.decisions.find(({ outcome }) => outcome === 'reloaded');
    expect(reloaded).toMatchObject({ changed: ['app.conf'], targets: [target] });
    expect(reloaded?.tookMs).toBeGreaterThanOrEqual(50);
    for (const mount of rule.mounts) {
      expect(rule.applied[mount.path]).toBe(mount.hash);
      expect(Date.parse(mount.since ?? '')).toBeLessThan(Date.now());
      expect(Date.parse(mount.swapped ?? '')).toBeLessThan(Date.now());
    }
    const [, tls] = rule.mounts;
    expect(tls?.keys['tls.key']).toMatch(/^[0-9a-f]{12}$/);
    expect(tls?.keys['tls.key']).not.toBe(sha256('secret').slice(0, 12));
  });

  it('tells what is pending, why, what to do, and when the next attempt follows', async () => {
    await using scene = await createPodScene(POD);
    await using state = await createTempDir();
    const command = programCommand('no-handler', 'app');
    const rehup = await startInPod(scene, state.path, command);
    await scene.volume('config').write({ 'app.conf': 'two', 'new.conf': 'one' });
    await rehup.line({ msg: 'reload failed', outcome: 'no-handler' });
    // From outside: while it is brought into the scene, a process is of no container, which the
    // retries would take for one more app.
    const argv = ['status', `--state-dir=${state.path}`, '--listen=off'];
    const rule = ruleOf((await runRehup(argv)).stdout);
    expect(rule).toMatchObject({ state: 'pending', pending: true });
    expect(rule.reason).toContain('has no handler for SIGHUP');
    expect(rule.remedy).toContain('REHUP_SIGNAL');
    expect(rule.targetProblem?.outcome ?? 'no-handler').toBe('no-handler');
    expect(Date.parse(rule.nextRetry ?? '')).not.toBeNaN();
    expect(rule.mounts[0]?.waiting).toEqual({
      changed: ['app.conf'],
      added: ['new.conf'],
      removed: ['other.conf'],
    });
    const { stdout: text } = await runRehup([...argv, '--output=text']);
    expect(text).toMatch(
      /^default: pending, action signal, hash [0-9a-f]{12}\n {2}app\/app \(\d+\) has no handler/m,
    );
    expect(text).toMatch(/^ {2}next attempt (?:in \d+ s|now)$/m);
    expect(text).toMatch(/^ {2}\/etc\/config\/new\.conf +[0-9a-f]{12} +added, pending$/m);
    expect(text).toMatch(/^ {2}\d+ [sm] ago +no-handler/m);
  });
});

describe('rehup status', () => {
  it('prints all of 1000 keys as JSON where it prints to no terminal', async () => {
    const payload = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`key-${index}`, `value ${index}`]),
    );
    await using scene = await createReloadScene({
      env: { REHUP_LISTEN: '127.0.0.1:0' },
      payload: { 'app.conf': 'one', ...payload },
    });
    const [listening] = scene.rehup.all({ msg: 'listening' });
    const { exitCode, stdout } = await runRehup([
      'status',
      `--listen=127.0.0.1:${listening?.port}`,
    ]);
    expect(exitCode).toBe(0);
    expect(Object.keys(ruleOf(stdout).mounts[0]?.keys ?? {})).toHaveLength(1001);
    expect(stdout).not.toContain('value 7');
  });

  it.skipIf(terminal.missing)(`prints a table on a terminal${terminal.note}`, async () => {
    await using state = await createTempDir();
    const env = { REHUP_STATE_DIR: state.path };
    await using scene = await createReloadScene({ env });
    const argv = ['status', '--listen=off'];
    const narrow = await runOnTerminal(argv, { columns: 80, env });
    expect(narrow.exitCode).toBe(0);
    expect(narrow.stdout).toContain('\u001b[1mdefault\u001b[22m: \u001b[32mapplied\u001b[39m');
    const plain = { ...env, NO_COLOR: '1' };
    for (const columns of [80, 120]) {
      const { stdout } = await runOnTerminal(argv, { columns, env: plain });
      expect(stdout).not.toContain('\u001b');
      const lines = stdout.split('\n');
      expect(lines).toContainEqual(expect.stringMatching(/^ {2}MOUNT +VOLUME +MODE +SINCE/));
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(` ${scene.name} +0 +\\d+ [sm]$`)),
      );
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
    const json = await runOnTerminal([...argv, '--output=json'], { columns: 80, env });
    expect(ruleOf(json.stdout).state).toBe('applied');
  });

  it('leaves with 4 and a remedy where no rehup answers', async () => {
    const { exitCode, stdout, stderr } = await runRehup(['status', '--listen=127.0.0.1:1']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('no rehup can be asked for its status: ECONNREFUSED (127.0.0.1:1)');
    expect(stderr).toMatch(/^remedy: .*kubectl exec POD -c rehup/m);
  });

  it('refuses a format that it does not have', async () => {
    const { exitCode, stderr } = await runRehup(['status', '--output=xml']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Allowed choices are text, json');
  });
});

/** As the fleet commands compare it with what an object holds. */
function compared(json: string): (string | undefined)[] {
  return ruleOf(json).mounts.map((mount) => mount.compared);
}

describe('a hash by a key of who asks', () => {
  const wanted = createHmac('sha256', 'a key')
    .update(sha256(`app.conf\0${sha256('one')}\n`))
    .digest('hex');

  it('is told through the socket, and not over the network', async () => {
    await using state = await createTempDir();
    const env = { REHUP_LISTEN: '127.0.0.1:0', REHUP_STATE_DIR: state.path };
    await using scene = await createReloadScene({ env });
    const asked = await runRehup(['status', '--compare', 'a key'], { ...env, REHUP_LISTEN: 'off' });
    expect(compared(asked.stdout)).toEqual([wanted]);

    const port = scene.rehup.all({ msg: 'listening' })[0]?.port;
    const response = await fetch(`http://127.0.0.1:${port}/status?compare=a%20key`);
    expect(response.status).toBe(200);
    expect(compared(await response.text())).toEqual([undefined]);
  });
});
