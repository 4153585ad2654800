import { describe, expect, it } from 'vitest';
import { createKubeletVolume, type KubeletVolume } from '../../support/kubelet-volume.ts';
import type { LineProcess } from '../../support/line-process.ts';
import { programCommand, startProgram, uniqueName } from '../../support/start-program.ts';
import { type Rehup, startRehup } from '../../support/start-rehup.ts';
import { nextMoment } from '../../support/uptime.ts';

interface Scene extends AsyncDisposable {
  readonly rules: KubeletVolume;
  readonly content: KubeletVolume;
  /** By the key that it reads. */
  readonly apps: { readonly a: LineProcess; readonly b: LineProcess };
  readonly names: { readonly a: string; readonly b: string };
  readonly rehup: Rehup;
}

type Names = Scene['names'];

/** Two apps that read a key each of one volume, and rehup with rules from a volume of its own. */
async function createScene(
  write: (root: string, names: Names) => string,
  env: Record<string, string> = {},
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const content = stack.use(await createKubeletVolume());
  await content.write({ a: 'one', b: 'one' });
  await nextMoment();
  const names = { a: uniqueName('a'), b: uniqueName('b') };
  const start = async (key: keyof Names): Promise<LineProcess> =>
    stack.use(await startProgram(programCommand('handler', names[key], `${content.root}/${key}`)));
  const apps = { a: await start('a'), b: await start('b') };
  const rules = stack.use(await createKubeletVolume());
  await rules.write({ 'rules.yaml': write(content.root, names) });
  const rehup = stack.use(
    await startRehup({ env: { REHUP_CONFIG: `${rules.root}/rules.yaml`, ...env } }),
  );
  const owned = stack.move();
  return { rules, content, apps, names, rehup, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const twoRules = (root: string, { a, b }: Names): string => `
rules:
  - name: first
    watch: ${root}
    include: [a]
    target: name:${a}
  - name: second
    watch: [${root}/b]
    target: name:${b}
`;

describe('rules from a file', () => {
  it('act each on its own keys and target', async () => {
    await using scene = await createScene(twoRules);
    const { rehup, content, apps } = scene;
    await rehup.line({ outcome: 'already-current', rule: 'second' });
    await content.write({ a: 'two', b: 'one' });
    expect(await rehup.line({ msg: 'reloaded' })).toMatchObject({ rule: 'first', changed: ['a'] });
    await content.write({ a: 'two', b: 'two' });
    expect(await rehup.line({ msg: 'reloaded' })).toMatchObject({ rule: 'second', changed: ['b'] });
    expect(apps.a.lines).toEqual(['ready', 'reloaded two']);
    expect(apps.b.lines).toEqual(['ready', 'reloaded two']);
    expect(rehup.all({ outcome: 'filtered' })).toEqual([]);
  });

  it('act in their order where one change is for several', async () => {
    await using scene = await createScene(twoRules);
    await scene.rehup.line({ outcome: 'already-current', rule: 'second' });
    await scene.content.write({ a: 'two', b: 'two' });
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ rule: 'first' });
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ rule: 'second' });
  });

  it('leave a key that none of them is about alone, and say so', async () => {
    await using scene = await createScene(twoRules);
    await scene.rehup.line({ outcome: 'already-current', rule: 'second' });
    await scene.content.write({ a: 'one', b: 'one', c: 'new' });
    await scene.rehup.line({ msg: 'nothing to do', outcome: 'filtered' });
    expect(scene.apps.a.lines).toEqual(['ready']);
    expect(scene.apps.b.lines).toEqual(['ready']);
  });

  it('take effect when they change, without a needless reload', async () => {
    await using scene = await createScene(twoRules);
    const { rehup, content, rules, apps, names } = scene;
    await rehup.line({ outcome: 'already-current', rule: 'second' });
    const onlyFirst = twoRules(content.root, names).replace(/ {2}- name: second[^]*/, '');
    await rules.write({ 'rules.yaml': onlyFirst });
    await rehup.line({ msg: 'configuration changed' });
    await rehup.line({ msg: 'watching', rule: 'first' });
    await content.write({ a: 'two', b: 'two' });
    await rehup.line({ msg: 'reloaded', rule: 'first' });
    expect(apps.a.lines).toEqual(['ready', 'reloaded two']);
    expect(apps.b.lines).toEqual(['ready']);
  });

  it('that replace others let a reload that has begun come to its end, and tell of it', async () => {
    await using scene = await createScene(twoRules, { REHUP_SURVIVE: '2s' });
    const { rehup, content, rules, apps } = scene;
    await rehup.line({ outcome: 'already-current', rule: 'second' });
    await content.write({ a: 'two', b: 'one' });
    await apps.a.line('reloaded two');
    await rules.write({ 'rules.yaml': twoRules(content.root, scene.names).replace('a]', 'a, c]') });
    await rehup.line({ msg: 'configuration changed' });
    expect(rehup.all({ msg: 'reloaded' })).toMatchObject([{ rule: 'first', changed: ['a'] }]);
    await content.write({ a: 'three', b: 'one' });
    await apps.a.line('reloaded three');
    expect(apps.a.lines).toEqual(['ready', 'reloaded two', 'reloaded three']);
  });

  it('stay in force where a new version cannot be used, and the log says what is wrong with it', async () => {
    await using scene = await createScene(twoRules);
    const { rehup, content, rules, apps } = scene;
    await rehup.line({ outcome: 'already-current', rule: 'second' });
    await rules.write({ 'rules.yaml': 'rules: [{name: first, signl: HUP}]' });
    const kept = await rehup.line({ msg: 'configuration kept' });
    expect(JSON.stringify(kept)).toContain('rules[0]: signl');
    await content.write({ a: 'two', b: 'one' });
    await apps.a.line('reloaded two');
  });

  it('that are broken at the start end the run with 2 and every problem', async () => {
    await using rules = await createKubeletVolume();
    await rules.write({ 'rules.yaml': 'rules: [{name: a, survive: soon}, {nme: b}]' });
    await using rehup = await startRehup({
      env: { REHUP_CONFIG: `${rules.root}/rules.yaml` },
      stderr: /rules\[1\]\.name: every rule needs a name/,
    });
    expect((await rehup.exited).code).toBe(2);
  });
});
