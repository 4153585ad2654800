import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openssl, pidNamespaces } from '../../../support/abilities.ts';
import {
  createKeepScene,
  FILE,
  KEPT_A,
  KEPT_B,
  type KeepPod,
} from '../../../support/keep-scene.ts';
import { programCommand } from '../../../support/start-program.ts';
import { useAuthority } from '../../../support/use-authority.ts';
import { waitFor } from '../../../support/wait-for.ts';

const missing = pidNamespaces.missing || openssl.missing;
const note = `${pidNamespaces.note}${openssl.note}`;

const SECRET = 'correct horse battery staple';

/** The app has taken it, and it is kept. */
async function prove(pod: KeepPod): Promise<void> {
  await pod.rehup.line({ msg: 'published' });
  await pod.startApp();
  await pod.rehup.line({ msg: 'content kept' });
}

describe.skipIf(missing)(`content that is kept beyond the pod${note}`, () => {
  const authority = useAuthority();

  it('is what a new pod starts with while the source is invalid, until it is corrected', async () => {
    await using scene = await createKeepScene(authority());
    await using first = await scene.startPod('my-app-1-x', '{"one": 1}');
    await prove(first);
    expect(scene.api.objects.get(KEPT_A)).toMatchObject({
      immutable: true,
      metadata: {
        labels: { 'rehup.dev/keeps': 'my-app' },
        annotations: {
          'rehup.dev/keeps': 'Deployment/my-app/default',
          'rehup.dev/kept-by': 'my-app-1-x',
        },
        ownerReferences: [{ kind: 'Deployment', name: 'my-app', uid: 'uid-of-my-app' }],
      },
      data: { 'app.json': '{"one": 1}' },
    });
    expect(await first.rehup.stop()).toBe(0);

    await using second = await scene.startPod('my-app-1-y', '{"two": ');
    const started = await second.rehup.line({ msg: 'started from kept content' });
    expect(started).toMatchObject({
      level: 'error',
      object: 'ConfigMap/rehup-deployment-my-app-kept-a',
      kept_by: 'my-app-1-x',
    });
    expect(started.reason).toMatch(
      /^the source is not published: \/etc\/published\/app\.json, line 1/,
    );
    const held = await second.rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(
      /; the app starts with older content, which the pod my-app-1-x kept at 20/,
    );
    expect(await second.read()).toBe('{"one": 1}');
    const app = await second.startApp();
    await second.write('{"three": 3}');
    await app.line('reloaded {"three": 3}');
    await second.rehup.line({ msg: 'content kept' });
    expect(scene.api.objects.get(KEPT_B)).toMatchObject({ data: { 'app.json': '{"three": 3}' } });
    expect(scene.api.objects.get(KEPT_A)).toBeUndefined();
  });

  it('is a Secret where the source may be one, and shows nowhere else', async () => {
    await using scene = await createKeepScene(authority());
    const isSecret = true;
    await using first = await scene.startPod('my-app-1-x', `{"password": "${SECRET}"}`, {
      isSecret,
    });
    await prove(first);
    const address = { ...KEPT_A, resource: 'secrets' };
    const kept = scene.api.objects.get(address);
    expect(kept).toMatchObject({ type: 'Opaque', immutable: true });
    expect(scene.api.objects.list('configmaps', 'web')).toEqual([]);
    const plain = createHash('sha256').update(`{"password": "${SECRET}"}`).digest('hex');
    expect(JSON.stringify(kept?.metadata)).not.toContain(plain);
    await using second = await scene.startPod('my-app-1-y', '{', { isSecret });
    await second.rehup.line({ msg: 'held' });
    expect(await second.read()).toContain(SECRET);
    const told = [...first.rehup.lines, ...second.rehup.lines].map((line) => JSON.stringify(line));
    expect(told.filter((line) => line.includes(SECRET) || line.includes(plain))).toEqual([]);
  });

  it('lets `rehup once` come to its end, so that the app of such a pod starts', async () => {
    await using scene = await createKeepScene(authority());
    await using first = await scene.startPod('my-app-1-x', '{"one": 1}');
    await prove(first);
    await using second = await scene.startPod('my-app-1-y', '{', { argv: ['once'] });
    await second.rehup.line({ msg: 'started from kept content' });
    expect((await second.rehup.exited).code).toBe(0);
    expect(await second.read()).toBe('{"one": 1}');
  });

  it('is not published where it is not as it was written, nor where it is invalid by now', async () => {
    await using scene = await createKeepScene(authority());
    await using first = await scene.startPod('my-app-1-x', '{"one": 1}');
    await prove(first);
    await first.rehup.stop();
    const kept = scene.api.objects.get(KEPT_A);
    await using strict = await scene.startPod('my-app-1-y', '{', {
      env: { REHUP_REQUIRE_KEYS: 'other.json' },
    });
    const held = await strict.rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(
      /ConfigMap\/rehup-deployment-my-app-kept-a is not valid any more: .*other\.json/,
    );
    await strict.rehup.stop();

    scene.api.objects.put(KEPT_A, {
      ...kept,
      data: { ...dataOf(kept), 'app.json': '{"evil": 1}' },
    } as object);
    await using second = await scene.startPod('my-app-1-z', '{');
    const refused = await second.rehup.line({ msg: 'held' });
    expect(refused.reason).toMatch(
      /; nothing is published yet, and rehup is not ready: ConfigMap\/rehup-deployment-my-app-kept-a is not as it was written: its content does not match its hash$/,
    );
    expect(refused.remedy).toMatch(/; delete ConfigMap\/rehup-deployment-my-app-kept-a$/);
    expect(await second.read()).not.toContain('evil');
    // What is valid is published all the same, and takes the place of what was damaged.
    await second.write('{"two": 2}');
    await prove(second);
    expect(dataOf(scene.api.objects.get(KEPT_A))).toMatchObject({ 'app.json': '{"two": 2}' });
    expect(scene.api.objects.get(KEPT_B)).toBeUndefined();
  });

  it('is asked for until the API answers', async () => {
    await using scene = await createKeepScene(authority());
    await using first = await scene.startPod('my-app-1-x', '{"one": 1}');
    await prove(first);
    await first.rehup.stop();
    await scene.api.stop();
    await using second = await scene.startPod('my-app-1-y', '{');
    const held = await second.rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(
      /rehup is not ready: what was kept cannot be read: get pods my-app-1-y/,
    );
    expect(held.retry_in_ms).toBeGreaterThan(0);
    await scene.api.start();
    await second.rehup.line({ msg: 'started from kept content' });
    expect(await second.read()).toBe('{"one": 1}');
  });

  it('does not get in the way of publishing where a verb is missing, and says which', async () => {
    await using scene = await createKeepScene(authority());
    const fault = scene.api.forbid({ verb: 'create', resource: 'configmaps' });
    await using pod = await scene.startPod('my-app-1-x', '{"one": 1}');
    await pod.rehup.line({ msg: 'published' });
    const app = await pod.startApp();
    const problem = await pod.rehup.line({ msg: 'kubernetes api problem' });
    expect(problem).toMatchObject({
      feature: 'keep',
      reason: 'the service account may not create configmaps in namespace web',
      remedy:
        'add to its Role: - {apiGroups: [""], resources: ["configmaps"], resourceNames: ["rehup-deployment-my-app-kept-a", "rehup-deployment-my-app-kept-b"], verbs: ["get", "delete"]} and - {apiGroups: [""], resources: ["configmaps"], verbs: ["create"]}',
    });
    await pod.write('{"two": 2}');
    await app.line('reloaded {"two": 2}');
    fault.lift();
    await pod.write('{"three": 3}');
    await app.line('reloaded {"three": 3}');
    await waitFor('what is newest to be kept', () =>
      scene.api.objects
        .list('configmaps', 'web')
        .some((kept) => dataOf(kept)['app.json'] === '{"three": 3}'),
    );
  });

  it('is said not to be kept where it is too large', async () => {
    await using scene = await createKeepScene(authority());
    const large = JSON.stringify('x'.repeat(1024 * 1024));
    await using pod = await scene.startPod('my-app-1-x', large);
    await pod.rehup.line({ msg: 'published' });
    const app = await pod.startApp();
    const told = await pod.rehup.line({ msg: 'content not kept' });
    expect(told.reason).toBe(
      'it is not kept: it is larger than 1 MiB, which is what an object can hold',
    );
    await pod.write('{"small": 1}');
    await app.line('reloaded {"small": 1}');
    await pod.rehup.line({ msg: 'content kept' });
  });

  it('is written once by many pods, and never over what is of somebody else', async () => {
    await using scene = await createKeepScene(authority());
    const foreign = { ...KEPT_B, name: 'rehup-deployment-my-app-kept-web-b' };
    scene.api.objects.put(foreign, { data: { of: 'others' } } as object);
    await using first = await scene.startPod('my-app-1-x', '{"one": 1}');
    await prove(first);
    await using second = await scene.startPod('my-app-1-y', '{"one": 1}');
    await prove(second);
    expect(scene.api.callsTo({ verb: 'create', resource: 'configmaps' })).toHaveLength(1);
    expect(scene.api.callsTo({ verb: 'delete' })).toEqual([]);
    expect(scene.api.callsTo({ verb: 'list' })).toEqual([]);
  });

  it('is judged as what it was made of, where it is for the environment', async () => {
    await using scene = await createKeepScene(authority());
    const env = { REHUP_PUBLISH_AS: 'MODE=env', REHUP_VALIDATE: 'MODE=json', REHUP_ACTION: 'none' };
    const key = 'MODE';
    await using first = await scene.startPod('my-app-1-x', '{"one": 1}', { env, key });
    await prove(first);
    await using second = await scene.startPod('my-app-1-y', '{', { env, key });
    await second.rehup.line({ msg: 'started from kept content' });
    expect(await second.read()).toBe(`MODE='{"one": 1}'`);
  });

  it('takes the place of first content that the app dies of', async () => {
    await using scene = await createKeepScene(authority());
    const env = { REHUP_VALIDATE: '' };
    await using first = await scene.startPod('my-app-1-x', 'good', { env });
    await prove(first);
    const app = programCommand('dies', 'app', FILE);
    await using second = await scene.startPod('my-app-1-y', 'bad', {
      app,
      // It ends sooner, however slow the machine is.
      env: { ...env, REHUP_SURVIVE: '60s' },
    });
    await second.rehup.line({ outcome: 'rolled-back' });
    expect(await second.read()).toBe('good');
  });
});

function dataOf(object: unknown): Record<string, string> {
  return (object as { data: Record<string, string> }).data;
}
