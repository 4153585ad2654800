import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openssl } from '../../../support/abilities.ts';
import { answers } from '../../../support/api-server.ts';
import { createSourceScene, type SourceSceneOptions } from '../../../support/source-scene.ts';
import { useAuthority } from '../../../support/use-authority.ts';
import { waitFor } from '../../../support/wait-for.ts';

describe.skipIf(openssl.missing)(`content from the API${openssl.note}`, () => {
  const authority = useAuthority();

  async function setUp(
    options: Omit<SourceSceneOptions, 'authority'> = {},
  ): ReturnType<typeof createSourceScene> {
    return await createSourceScene({ authority: authority(), ...options });
  }

  it('shows all objects with a label, and goes with them', async () => {
    await using scene = await setUp({
      prepare: ({ put }) => {
        put('one', { 'a.json': '1' });
        put('two', { 'b.json': '2', 'c.json': '3' });
        put('other', { 'd.json': '4' }, { labels: { dash: '0' } });
        put('elsewhere', { 'e.json': '5' }, { namespace: 'shop' });
      },
    });
    await scene.shows({ 'a.json': '1', 'b.json': '2', 'c.json': '3' });
    expect(scene.delivered[0]).toMatchObject({ objects: 2, files: 3, refused: 0 });

    scene.put('three', { 'f.json': '6' });
    await scene.shows({ 'a.json': '1', 'b.json': '2', 'c.json': '3', 'f.json': '6' });
    scene.put('two', { 'b.json': 'two' });
    await scene.shows({ 'a.json': '1', 'b.json': 'two', 'f.json': '6' });
    scene.put('one', { 'a.json': '1' }, { labels: {} });
    await scene.shows({ 'b.json': 'two', 'f.json': '6' });
    scene.remove('three');
    await scene.shows({ 'b.json': 'two' });
    scene.put('one', { 'a.json': 'again' });
    await scene.shows({ 'a.json': 'again', 'b.json': 'two' });
    scene.remove('one');
    scene.remove('two');
    await scene.shows({});
    expect(scene.problems).toEqual([]);
  });

  it('brings changes of many objects as one', async () => {
    await using scene = await setUp({ prepare: ({ put }) => put('one', { 'a.json': '1' }) });
    await scene.shows({ 'a.json': '1' });
    const before = scene.delivered.length;
    for (let index = 0; index < 50; index += 1) scene.put(`more-${index}`, { [`${index}`]: 'x' });
    await waitFor('all of them', () => scene.delivered.at(-1)?.files === 51);
    expect(scene.delivered.length - before).toBeLessThanOrEqual(2);
  });

  it('shows nothing of an object by its name that may as well not be there, and goes with it', async () => {
    await using scene = await setUp({ source: 'configmap/next', isOptional: true });
    await scene.shows({});
    await waitFor('that', () => scene.delivered.at(-1)?.files === 0);
    scene.put('next', { 'a.json': '1', 'rehup.percent': '30' });
    await scene.shows({ 'a.json': '1', 'rehup.percent': '30' });
    scene.remove('next');
    await scene.shows({});
    scene.put('next', { 'a.json': '2' });
    await scene.shows({ 'a.json': '2' });
    expect([scene.problems, scene.gone]).toEqual([[], []]);
  });

  it('flips nothing for what changes no file', async () => {
    await using scene = await setUp({ prepare: ({ put }) => put('one', { 'a.json': '1' }) });
    await scene.shows({ 'a.json': '1' });
    const generation = scene.generation();
    scene.put('one', { 'a.json': '1' }, { annotations: { touched: 'yes' } });
    await waitFor('the watch', () => scene.api.watches.count() === 1);
    // What comes after it has been seen: so has it.
    scene.api.watches.bookmark();
    scene.put('one', { 'a.json': '1' }, { annotations: { touched: 'again' } });
    scene.api.watches.fail(answers.gone('1', 2));
    await waitFor('another list', () => scene.api.callsTo({ verb: 'list' }).length === 2);
    await waitFor('the watch', () => scene.api.watches.count() === 1);
    expect(scene.generation()).toBe(generation);
    // What comes after it shows that nothing came of it.
    scene.put('two', { 'b.json': '2' });
    await scene.shows({ 'a.json': '1', 'b.json': '2' });
    expect(scene.delivered).toHaveLength(2);
  });

  it('reads a long list page by page, and keeps what is shown in one piece', async () => {
    await using scene = await setUp({
      prepare: ({ put }) => {
        for (let index = 0; index < 60; index += 1) put(`cm-${index}`, { [`k${index}`]: 'x' });
      },
    });
    await waitFor('all of them', () => scene.delivered.length === 1);
    expect(scene.delivered[0]).toMatchObject({ objects: 60, files: 60 });
    const lists = scene.api.callsTo({ verb: 'list' });
    expect(lists.map(({ query }) => query.get('limit'))).toEqual(['8', '32', '128']);
    expect(lists.map(({ query }) => query.get('labelSelector'))).toEqual(Array(3).fill('dash=1'));
  });

  it('starts over where a page has expired, and watches on where it can', async () => {
    let expired = false;
    await using scene = await setUp({
      prepare: ({ api, put }) => {
        for (let index = 0; index < 20; index += 1) put(`cm-${index}`, { [`k${index}`]: 'x' });
        const fault = api.fail({ verb: 'list' }, (call) => {
          expired = true;
          fault.lift();
          return answers.gone(call.query.get('continue') ?? '', 2);
        });
      },
    });
    await waitFor('all of them', () => scene.delivered.at(-1)?.files === 20);
    expect(expired).toBe(true);
    expect(scene.problems).toEqual([]);
    await waitFor('the watch', () => scene.api.watches.count() === 1);

    const lists = scene.api.callsTo({ verb: 'list' }).length;
    scene.api.watches.end();
    scene.put('late', { late: 'x' });
    await waitFor('the late one', () => scene.delivered.at(-1)?.files === 21);
    expect(scene.api.callsTo({ verb: 'list' })).toHaveLength(lists);
  });

  it('learns after an interruption what was deleted meanwhile', async () => {
    await using scene = await setUp({
      prepare: ({ put }) => {
        put('one', { 'a.json': '1' });
        put('two', { 'b.json': '2' });
      },
    });
    await scene.shows({ 'a.json': '1', 'b.json': '2' });
    await scene.api.stop();
    scene.remove('one');
    scene.put('three', { 'c.json': '3' });
    scene.api.objects.compact();
    await scene.api.start();
    await scene.shows({ 'b.json': '2', 'c.json': '3' });
    expect(scene.gone).toEqual([]);
  });

  it('puts files into the folders that the objects name, and none elsewhere', async () => {
    const folder = 'k8s-sidecar-target-directory';
    await using scene = await setUp({
      prepare: ({ put }) => {
        put('one', { 'a.json': '1' }, { annotations: { [folder]: 'team/web' } });
        put('two', { 'a.json': '2' }, { annotations: { [folder]: '/etc/dashboards/shop' } });
        put('bad', { 'a.json': '3' }, { annotations: { [folder]: '../../outside' } });
        put('root', { 'x.json': '3' }, { annotations: { [folder]: '/etc' } });
      },
    });
    await scene.shows({ 'team/web/a.json': '1', 'shop/a.json': '2' });
    expect(scene.refused.map(({ object }) => object)).toEqual([
      'ConfigMap web/bad',
      'ConfigMap web/root',
    ]);
    expect(readdirSync(join(scene.root, '..'))).toEqual(['published']);
    scene.put('two', { 'a.json': '2' }, { annotations: { [folder]: 'team' } });
    await scene.shows({ 'team/web/a.json': '1', 'team/a.json': '2' });
    // Told once.
    expect(scene.refused).toHaveLength(2);
  });

  it('leaves a name to the older object, and gives it to the other when that is gone', async () => {
    await using scene = await setUp({
      prepare: ({ put }) => {
        put('young', { 'a.json': 'young' }, { creationTimestamp: '2026-01-02T00:00:00Z' });
        put('old', { 'a.json': 'old' }, { creationTimestamp: '2026-01-01T00:00:00Z' });
      },
    });
    await scene.shows({ 'a.json': 'old' });
    expect(scene.refused).toMatchObject([
      {
        object: 'ConfigMap web/young',
        key: 'a.json',
        reason: 'ConfigMap web/old has a.json already',
        remedy: expect.stringContaining('names=unique') as string,
      },
    ]);
    scene.remove('old');
    await scene.shows({ 'a.json': 'young' });
  });

  it('holds all that is new where two objects by name have the same key, until one has not', async () => {
    await using scene = await setUp({
      source: 'configmap/base,secret/more',
      prepare: ({ put }) => {
        put('base', { 'a.json': 'base' });
        put('more', { 'b.json': base64('more') }, { resource: 'secrets' });
      },
    });
    await scene.shows({ 'a.json': 'base', 'b.json': 'more' });
    scene.put(
      'more',
      { 'a.json': base64('more'), 'b.json': base64('new') },
      { resource: 'secrets' },
    );
    await waitFor('the problem', () => scene.problems.length === 1);
    expect(scene.problems[0]).toEqual({
      feature: 'source',
      reason:
        'the key a.json is in ConfigMap web/base and in Secret web/more, and only one can be published: what is published stays',
      remedy: expect.stringContaining('REHUP_MERGE=later') as string,
    });
    expect(scene.files()).toEqual({ 'a.json': 'base', 'b.json': 'more' });
    scene.put('base', { 'c.json': 'base' });
    await scene.shows({ 'a.json': 'more', 'b.json': 'new', 'c.json': 'base' });
    await waitFor('that it is over', () => scene.recovered() === 1);
    scene.put('base', { 'b.json': 'base' });
    await waitFor('another problem', () => scene.problems.length === 2);
    expect(scene.problems[1]?.reason).toMatch(/^the key b\.json is in /);
  });

  it('takes the later of two with the same key by choice, and the earlier when that goes', async () => {
    await using scene = await setUp({
      source: 'configmap/base,configmap?label=dash=1,configmap?label=override&namespace=web,shop',
      laterWins: true,
      prepare: ({ put }) => {
        const base = { 'a.json': 'base', 'b.json': 'base', 'c.json': 'base' };
        put('base', base, { labels: {} });
        put('mine', { 'a.json': 'mine' });
        const binaryData = { 'a.json': base64('over'), 'b.json': base64('over') };
        put('over', {}, { labels: { override: '' }, namespace: 'shop', binaryData });
      },
    });
    await scene.shows({ 'a.json': 'over', 'b.json': 'over', 'c.json': 'base' });
    scene.put('mine', { 'a.json': 'mine', 'c.json': 'mine' });
    await scene.shows({ 'a.json': 'over', 'b.json': 'over', 'c.json': 'mine' });
    scene.remove('over', { namespace: 'shop' });
    await scene.shows({ 'a.json': 'mine', 'b.json': 'base', 'c.json': 'mine' });
    scene.put('mine', { 'a.json': 'mine', 'c.json': 'mine' }, { labels: {} });
    await scene.shows({ 'a.json': 'base', 'b.json': 'base', 'c.json': 'base' });
    expect(scene.refused).toEqual([]);
    expect(scene.problems).toEqual([]);
  });

  it('makes names unique, and takes all namespaces', async () => {
    await using scene = await setUp({
      source: 'configmap?label=dash=1&namespace=*&names=unique',
      prepare: ({ put }) => {
        put('one', { 'a.json': '1' });
        put('one', { 'a.json': '2' }, { namespace: 'shop' });
      },
    });
    await scene.shows({
      'namespace_web.configmap_one.a.json': '1',
      'namespace_shop.configmap_one.a.json': '2',
    });
    expect(scene.refused).toEqual([]);
  });

  it('takes some namespaces, Secrets, and binary data as they are', async () => {
    const bytes = Buffer.from([0, 255, 10, 200]);
    await using scene = await setUp({
      source: 'configmap?label=dash=1&namespace=web,shop,secret?label=dash=1',
      prepare: ({ put }) => {
        put('one', { 'a.json': 'ä' });
        put('two', {}, { namespace: 'shop', binaryData: { 'b.bin': bytes.toString('base64') } });
        put('three', { 'c.json': '3' }, { namespace: 'third' });
        const password = Buffer.from('hunter2').toString('base64');
        put('four', { password }, { resource: 'secrets' });
      },
    });
    const text = bytes.toString('utf8');
    await scene.shows({ 'a.json': 'ä', 'b.bin': text, password: 'hunter2' });
    expect(statSync(join(scene.root, '..data', 'b.bin')).size).toBe(4);
  });

  it('waits for an object by its name, and keeps what it held when it is deleted', async () => {
    await using scene = await setUp({ source: 'configmap/app,secret/app' });
    await waitFor('the problem', () => scene.problems.length > 0);
    expect(scene.problems[0]).toMatchObject({ feature: 'source', remedy: /create it/ as never });
    scene.put('app', { 'app.conf': 'one' });
    scene.put('other', { 'other.conf': 'one' });
    await waitFor('that it is heard of', () => scene.api.watches.count() === 2);
    expect(scene.files()).toEqual({});
    const password = Buffer.from('hunter2').toString('base64');
    scene.put('app', { password }, { resource: 'secrets' });
    await scene.shows({ 'app.conf': 'one', password: 'hunter2' });
    await waitFor('that it is over', () => scene.recovered() > 0);

    scene.put('app', { 'app.conf': 'two', 'more.conf': 'x' });
    await scene.shows({ 'app.conf': 'two', 'more.conf': 'x', password: 'hunter2' });
    scene.remove('app');
    await waitFor('that it is gone', () => scene.gone.length === 1);
    expect(scene.gone).toEqual([{ object: 'ConfigMap/app' }]);
    expect(scene.files()).toHaveProperty('more.conf');
    scene.put('app', { 'app.conf': 'three' });
    await scene.shows({ 'app.conf': 'three', password: 'hunter2' });
    // No more than the Role allows.
    expect(new Set(scene.api.calls.map(({ verb, name }) => `${verb} ${name}`))).toEqual(
      new Set(['get app', 'watch app']),
    );
  });

  it('says which rule is missing, and shows nothing before all of it may be read', async () => {
    await using scene = await setUp({
      source: 'configmap?label=dash=1&namespace=web,configmap?label=dash=1&namespace=*',
      prepare: ({ api, put }) => {
        put('one', { 'a.json': '1' });
        api.fail({ verb: 'list' }, (call) =>
          call.namespace === ''
            ? { code: 403, reason: 'Forbidden', message: 'User cannot list resource "configmaps"' }
            : { code: 500, reason: 'x', message: 'x' },
        );
      },
    });
    await waitFor('the problem', () => scene.problems.some(({ reason }) => /may not/.test(reason)));
    expect(scene.problems.find(({ reason }) => /may not/.test(reason))).toEqual({
      feature: 'source',
      reason: 'the service account may not list configmaps with the label dash=1 in all namespaces',
      remedy:
        'add to a ClusterRole: - {apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"]}',
    });
    expect(scene.files()).toEqual({});
  });

  it('goes on after a restart from what is there, and is in step again', async () => {
    await using scene = await setUp({
      prepare: ({ put }) => {
        put('one', { 'a.json': '1' });
        put('two', { 'b.json': '2' });
      },
    });
    await scene.shows({ 'a.json': '1', 'b.json': '2' });
    scene.remove('two');
    await scene.restart();
    await scene.shows({ 'a.json': '1' });
    const hidden = readdirSync(scene.root).filter((name) => name.startsWith('..'));
    expect(hidden.toSorted()).toEqual(['..data', '..objects', scene.generation()].toSorted());
    expect(readdirSync(join(scene.root, '..objects'))).toHaveLength(1);
  });

  it('says so where it cannot write, and begins once it can', async () => {
    await using scene = await setUp({
      prepare: ({ put, root }) => {
        put('one', { 'a.json': '1' });
        writeFileSync(root, 'in the way');
      },
    });
    await waitFor('the problem', () => scene.problems.length > 0);
    expect(scene.problems[0]?.remedy).toContain('mount an emptyDir');
    const { rm } = await import('node:fs/promises');
    await rm(scene.root);
    await mkdir(scene.root);
    await scene.shows({ 'a.json': '1' });
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
