import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openssl, pidNamespaces } from '../../../support/abilities.ts';
import { answers, type ApiServer } from '../../../support/api-server.ts';
import { createAuthority } from '../../../support/certificates.ts';
import { CONFIG, createPromptScene, type PromptScene } from '../../../support/prompt-scene.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { useAuthority } from '../../../support/use-authority.ts';
import { waitFor } from '../../../support/wait-for.ts';

const { missing, note } = pidNamespaces.missing ? pidNamespaces : openssl;

/** As other objects of the cluster change: versions move on. */
function changeOthers({ objects }: ApiServer): void {
  objects.put({ ...CONFIG, name: 'other' }, { data: { at: String(objects.version()) } } as object);
}

async function newWatch({ api }: PromptScene, work: () => Promise<void> | void): Promise<void> {
  const before = api.callsTo({ verb: 'watch' }).length;
  await work();
  await waitFor('a new watch', () => {
    return api.callsTo({ verb: 'watch' }).length > before && api.watches.count() > 0;
  });
}

/** What happens to a watch that works; whether a person is to hear of it. */
const FAULTS: readonly (readonly [
  what: string,
  happens: (scene: PromptScene) => Promise<void> | void,
  told: string | undefined,
])[] = [
  ['the server ends the watch in order', ({ api }) => api.watches.end(), undefined],
  ['the connection is dropped', ({ api }) => api.drop(), undefined],
  [
    'the version to go on from is too old',
    ({ api }) => {
      changeOthers(api);
      api.objects.compact();
      api.drop();
    },
    undefined,
  ],
  [
    'the watch is told in the middle that its version is too old',
    ({ api }) => api.watches.fail(answers.gone('1', 2)),
    undefined,
  ],
  [
    'the version is refused with the status 410, once',
    async ({ api }) => {
      const fault = api.fail({ verb: 'watch' }, answers.gone('1', 2));
      const before = api.callsTo({ verb: 'watch' }).length;
      api.drop();
      await waitFor('a refusal', () => api.callsTo({ verb: 'watch' }).length > before);
      fault.lift();
    },
    undefined,
  ],
  [
    'the server is busy, once',
    async ({ api }) => {
      const fault = api.fail({ verb: 'watch' }, answers.busy(1));
      const before = api.callsTo({ verb: 'watch' }).length;
      api.watches.end();
      await waitFor('a refusal', () => api.callsTo({ verb: 'watch' }).length > before);
      fault.lift();
    },
    undefined,
  ],
  [
    'the server is restarted',
    async (scene) => {
      await scene.api.stop();
      await scene.told({ msg: 'kubernetes api problem' });
      await scene.reloadByFile('meanwhile');
      await scene.api.start();
    },
    'cannot be reached (ECONNREFUSED)',
  ],
  [
    'the server breaks down for a while',
    async (scene) => {
      const fault = scene.api.fail({}, answers.broken);
      scene.api.drop();
      await scene.told({ msg: 'kubernetes api problem' });
      await scene.reloadByFile('meanwhile');
      fault.lift();
    },
    'was answered with status 500',
  ],
  [
    'the token expires, and is replaced on disk',
    async (scene) => {
      scene.api.setToken('second-token');
      scene.api.drop();
      await scene.told({ msg: 'kubernetes api problem' });
      await scene.reloadByFile('meanwhile');
      await scene.writeAccount({ token: 'second-token' });
    },
    'does not accept the token',
  ],
  [
    'the server falls silent, and the connection dies later',
    async ({ api, app, apply, sync }) => {
      api.freeze();
      apply('meanwhile');
      await sync();
      await app.line('reloaded meanwhile');
      api.thaw();
      api.drop();
    },
    undefined,
  ],
];

describe.skipIf(missing)(`prompt sync that works${note}`, () => {
  const authority = useAuthority();

  it.for(FAULTS)('goes on when %s', async ([, happens, told]) => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    scene.apply('two');
    await scene.app.line('reloaded two');
    await newWatch(scene, async () => await happens(scene));
    scene.apply('three');
    await scene.app.line('reloaded three');
    if (told !== undefined) await scene.told({ msg: 'kubernetes api works again' });
    expect(await scene.rehup.stop()).toBe(0);
    const problems = scene.rehup.all({ msg: 'kubernetes api problem' });
    const expected = [told].flatMap((text) => text ?? []);
    expect(problems).toHaveLength(expected.length);
    for (const text of expected) expect(problems[0]?.reason).toContain(text);
    expect(scene.api.connections()).toBe(0);
  });

  it('takes up a watch where a bookmark left it, so that a quiet object does not grow too old', async () => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    changeOthers(scene.api);
    const version = String(scene.api.objects.version());
    scene.api.watches.bookmark();
    scene.api.objects.compact();
    await newWatch(scene, () => scene.api.watches.end());
    const [first, second] = scene.api.callsTo({ verb: 'watch' });
    expect(first?.query.get('allowWatchBookmarks')).toBe('true');
    expect(second?.query.get('resourceVersion')).toBe(version);
    scene.apply('two');
    await scene.app.line('reloaded two');
  });

  it('goes on when the authority of the cluster is replaced, once that is on disk', async () => {
    await using other = await createAuthority('next authority');
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    scene.api.setCertificate((await other.issue('kubernetes')).pem);
    scene.api.drop();
    const told = await scene.told({ msg: 'kubernetes api problem' });
    expect(told.reason).toContain('is not trusted');
    await newWatch(scene, async () => {
      await scene.writeAccount({ 'ca.crt': readFileSync(other.caFile, 'utf8') });
    });
    scene.apply('two');
    await scene.app.line('reloaded two');
    await scene.told({ msg: 'kubernetes api works again' });
  });

  it('patches again when the server says that it is busy, and not before', async () => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    const fault = scene.api.fail({ verb: 'patch' }, answers.busy(1));
    scene.apply('two');
    await waitFor('a refused patch', () => scene.api.callsTo({ verb: 'patch' }).length === 1);
    const atMs = performance.now();
    fault.lift();
    await scene.app.line('reloaded two');
    expect(performance.now() - atMs).toBeGreaterThan(900);
    expect(scene.api.callsTo({ verb: 'patch' })).toHaveLength(2);
  });

  it('says that the object was deleted, keeps the content, and brings the new one', async () => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    scene.api.objects.delete(CONFIG);
    const told = await scene.told({ msg: 'object deleted', object: 'ConfigMap/app-config' });
    expect(told.remedy).toBe('create it again');
    await scene.sync();
    scene.apply('two');
    await scene.app.line('reloaded two');
  });

  it('brings what changed between the set-up of the volume and the first watch', async () => {
    const faults: { lift: () => void }[] = [];
    await using scene = await createPromptScene({
      authority: authority(),
      prepare: (api) => void faults.push(api.fail({ verb: 'watch' }, answers.broken)),
    });
    await scene.told({ msg: 'kubernetes api problem' });
    scene.apply('two');
    for (const fault of faults) fault.lift();
    await scene.app.line('reloaded two');
    expect(scene.api.callsTo({ verb: 'patch' })).toHaveLength(1);
  });

  it('takes objects above a mebibyte, and asks for their metadata alone', async () => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    const annotations = { large: 'x'.repeat(1_300_000) };
    scene.api.objects.put(CONFIG, {
      metadata: { annotations },
      data: { 'app.conf': 'y'.repeat(1_048_576) },
    } as object);
    await scene.rehup.line({ msg: 'reloaded' });
    const [watch] = scene.api.callsTo({ verb: 'watch' });
    expect(watch?.headers.accept).toBe(
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    );
    expect(scene.rehup.all({ msg: 'kubernetes api problem' })).toEqual([]);
  });

  it('does not take its own annotation in a downwardAPI volume for a change', async () => {
    await using scene = await createPromptScene({ authority: authority(), showsAnnotations: true });
    await scene.watching();
    scene.apply('two');
    await scene.app.line('reloaded two');
    scene.apply('three');
    await scene.app.line('reloaded three');
    await scene.rehup.stop();
    const seen = scene.rehup.all({ msg: 'update seen' });
    expect(seen.map(({ mount }) => mount)).toEqual(['/etc/config', '/etc/config']);
    expect(scene.app.lines).toEqual(['ready', 'reloaded two', 'reloaded three']);
  });

  it('begins anew with another configuration, and leaves nothing of the old one', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'rehup.yaml');
    const write = (signal: string): void => {
      writeFileSync(path, `rules: [{name: app, watch: [/etc/config], signal: ${signal}}]`);
    };
    write('SIGUSR2');
    await using scene = await createPromptScene({
      authority: authority(),
      env: { REHUP_CONFIG: path },
    });
    await scene.watching();
    const first = scene.api.callsTo({ verb: 'watch' }).length;
    write('SIGHUP');
    await scene.told({ msg: 'configuration changed' });
    await waitFor('a watch of the new session alone', () => {
      return scene.api.callsTo({ verb: 'watch' }).length > first && scene.api.watches.count() === 1;
    });
    scene.apply('two');
    await scene.app.line('reloaded two');
    // What is known of the pod holds for all sessions.
    expect(scene.api.callsTo({ verb: 'get', resource: 'pods' })).toHaveLength(1);
    expect(scene.api.callsTo({ verb: 'patch' })).toHaveLength(1);
  });

  it('holds on to nothing after a thousand changes and a few lost connections', async () => {
    await using scene = await createPromptScene({ authority: authority() });
    await scene.watching();
    const descriptors = (): string[] => readdirSync(`/proc/${scene.rehup.pid}/fd`);
    const before = descriptors().length;
    for (let change = 1; change <= 1000; change += 1) {
      const labels = { change: String(change) };
      scene.api.objects.put(CONFIG, {
        metadata: { labels },
        data: { 'app.conf': 'one' },
      } as object);
      if (change % 300 === 0) await newWatch(scene, () => scene.api.drop());
    }
    scene.apply('two');
    await scene.app.line('reloaded two');
    await waitFor('the connections of the patches to end', () => scene.api.connections() === 1);
    expect(scene.api.watches.count()).toBe(1);
    await waitFor('its descriptors to be as few as before', () => descriptors().length <= before);
    const stderr = scene.rehup.stderr.join('\n');
    expect(stderr).toBe('');
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('ends with the first reload of `rehup once`', async () => {
    await using scene = await createPromptScene({ authority: authority(), argv: ['once'] });
    await scene.watching();
    scene.apply('two');
    expect(await scene.rehup.exited).toEqual({ code: 0, signal: null });
    await waitFor('no connection', () => scene.api.connections() === 0);
  });
});
