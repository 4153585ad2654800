import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../src/system/errors.ts';
import { checkBase, checkContent } from '../../../../src/tools/rotate/check.ts';
import { readContentFiles } from '../../../../src/tools/rotate/from-files.ts';
import { findDraft, type ManifestDraft } from '../../../../src/tools/rotate/from-manifest.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { buildContent } from '../../../support/rotation-builder.ts';

const family = { kind: 'ConfigMap', base: 'app-config' } as const;
const config = { kind: 'ConfigMap', type: '' } as const;

async function readTexts(
  fromFile: readonly string[],
  fromLiteral: readonly string[] = [],
): Promise<Record<string, string>> {
  const { values } = await readContentFiles(config, { fromFile, fromLiteral });
  return Object.fromEntries([...values].map(([key, { bytes }]) => [key, bytes.toString()]));
}

async function problemsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) throw new Error('nothing was refused');
  return error.message.split('\n');
}

function draftOf(text: string, kind: 'ConfigMap' | 'Secret' = 'ConfigMap'): ManifestDraft {
  return findDraft({ kind, base: 'app-config' }, 'm.yaml', [{ file: 'm.yaml', text }]);
}

describe('content from files and literals', () => {
  it('has the names of files as keys, but where they are given', async () => {
    await using dir = await createTempDir();
    await writeFile(join(dir.path, 'app.conf'), 'one');
    const path = join(dir.path, 'app.conf');
    expect(await readTexts([path, `b.conf=${path}`], ['greeting=a=b\n', 'none='])).toEqual({
      'app.conf': 'one',
      'b.conf': 'one',
      greeting: 'a=b\n',
      none: '',
    });
  });

  it('of a directory is that of its files and of links to files, no deeper', async () => {
    await using dir = await createTempDir();
    await mkdir(join(dir.path, 'conf', 'below'), { recursive: true });
    await writeFile(join(dir.path, 'real'), 'two');
    await writeFile(join(dir.path, 'conf', '.env'), 'one');
    await symlink(join(dir.path, 'real'), join(dir.path, 'conf', 'link'));
    await symlink('below', join(dir.path, 'conf', '..data'));
    expect(await readTexts([join(dir.path, 'conf')])).toEqual({ '.env': 'one', link: 'two' });
  });

  it('is binary where it is not UTF-8', async () => {
    await using dir = await createTempDir();
    await writeFile(join(dir.path, 'text'), 'grüße');
    await writeFile(join(dir.path, 'bytes'), Buffer.from([0xff, 0xfe, 0x00]));
    const input = { fromFile: [dir.path], fromLiteral: [] };
    const { values } = await readContentFiles(config, input);
    expect([values.get('text')?.binary, values.get('bytes')?.binary]).toEqual([false, true]);
    const secret = await readContentFiles({ kind: 'Secret', type: 'Opaque' }, input);
    expect(secret.values.get('bytes')?.binary).toBe(false);
  });

  it('is refused with all that is wrong, and without a value', async () => {
    await using dir = await createTempDir();
    await mkdir(join(dir.path, 'empty'));
    await writeFile(join(dir.path, 'large'), Buffer.alloc(1024 * 1024 + 1));
    const fromFile = ['/nonexistent', 'a=', `k=${dir.path}/empty`, `${dir.path}/empty`].concat(
      `${dir.path}/large`,
    );
    const fromLiteral = ['s3cret', 'one=1', 'one=2'];
    expect(await problemsOf(readContentFiles(config, { fromFile, fromLiteral }))).toEqual([
      '--from-file=/nonexistent: cannot be read: ENOENT',
      '--from-file=a=: is neither PATH nor KEY=PATH',
      `--from-file=k=${dir.path}/empty: is a directory: its files have their names as keys`,
      `--from-file=${dir.path}/empty: has no files`,
      `--from-file=${dir.path}/large: ${dir.path}/large has 1048577 bytes; all values together may have 1048576 (1 MiB)`,
      '--from-literal=…: is not KEY=VALUE',
      '--from-literal=one: there are two of this key',
    ]);
  });
});

describe('content from a manifest', () => {
  it('is that of the object with this kind and name, among others', () => {
    const { content, labels, annotations, namespace } = draftOf(`
kind: Deployment
metadata: {name: app-config}
---
kind: List
items:
  - {kind: ConfigMap, metadata: {name: other}, data: {key: other}}
  - kind: ConfigMap
    metadata: {name: app-config, namespace: web, labels: {team: web}, annotations: {note: hello}}
    data: {app.conf: "one\\n"}
    binaryData: {bytes: AP/+}
`);
    expect(content.values).toEqual(
      new Map([
        ['app.conf', { bytes: Buffer.from('one\n'), binary: false }],
        ['bytes', { bytes: Buffer.from([0, 255, 254]), binary: true }],
      ]),
    );
    expect({ labels, annotations, namespace }).toEqual({
      labels: { team: 'web' },
      annotations: { note: 'hello' },
      namespace: 'web',
    });
  });

  it('of a Secret has stringData on top of data', () => {
    const { content } = draftOf(
      '{kind: Secret, type: t, metadata: {name: app-config}, data: {a: MQ==, b: MQ==}, stringData: {b: two}}',
      'Secret',
    );
    const texts = [...content.values].map(([key, { bytes }]) => [key, bytes.toString()]);
    expect([content.type, texts]).toEqual([
      't',
      [
        ['a', '1'],
        ['b', 'two'],
      ],
    ]);
  });

  it.each([
    [
      'no object of that kind',
      'kind: Service',
      'there is no ConfigMap app-config in it; there is: no ConfigMap at all',
    ],
    ['another name', '{kind: ConfigMap, metadata: {name: other}}', 'there is: other'],
    [
      'two of that name',
      '{kind: ConfigMap, metadata: {name: app-config}}\n---\n{kind: ConfigMap, metadata: {name: app-config}}',
      'there are two of ConfigMap app-config',
    ],
    [
      'a number',
      '{kind: ConfigMap, metadata: {name: app-config}, data: {port: 80}}',
      'm.yaml: data.port is not text: put it into quotes',
    ],
    [
      'bad base64',
      '{kind: ConfigMap, metadata: {name: app-config}, binaryData: {a: "s3cret!"}}',
      'm.yaml: binaryData.a is not base64',
    ],
    ['broken YAML', 'kind: [', 'm.yaml: line 1: '],
  ])('is refused for %s', (_, text, message) => {
    expect(() => draftOf(text)).toThrow(message);
    expect(() => draftOf(text)).not.toThrow('s3cret');
  });
});

describe('what the API server would refuse', () => {
  it.each(['a'.repeat(242), 'app.config-1'])('is nothing about the name %s', (base) => {
    expect(checkBase({ kind: 'ConfigMap', base })).toEqual([]);
  });

  it.each([
    ['a'.repeat(243), 'has 243 characters; with the hash behind it a name may have 253'],
    ['App', 'is not a name of a ConfigMap'],
    ['app-', 'is not a name of a ConfigMap'],
    ['', 'is not a name of a ConfigMap'],
  ])('is said of the name "%s"', (base, reason) => {
    expect(checkBase({ kind: 'ConfigMap', base })[0]?.reason).toContain(reason);
  });

  it.each(['app.conf', '.env', '_A-1', 'a'.repeat(253)])('is nothing about the key %s', (key) => {
    expect(checkContent(family, buildContent({ [key]: 'x' }))).toEqual([]);
  });

  it.each(['', '.', '..', '..data', 'a/b', 'a b', 'ä', 'a'.repeat(254)])(
    'is said of the key "%s"',
    (key) => {
      const [problem] = checkContent(family, buildContent({ [key]: 'x' }));
      expect(problem?.reason).toContain(`the key ${JSON.stringify(key)} cannot be used`);
    },
  );

  it('is the sum of the values, to the byte', () => {
    const half = 'x'.repeat(512 * 1024);
    expect(checkContent(family, buildContent({ a: half, b: half }))).toEqual([]);
    const [problem] = checkContent(family, buildContent({ a: half, b: half, c: 'x' }));
    expect(problem?.reason).toContain('1048577 bytes together; a ConfigMap may have 1048576');
  });
});
