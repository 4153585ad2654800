// Whatever a manifest is written like: what inject writes has all that it had, and rehup.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { inject } from '../../src/tools/inject/inject.ts';
import { parseInjectOptions } from '../../src/tools/inject/options.ts';
import { parseManifests } from '../../src/tools/manifest/document.ts';
import { fuzz } from './support/fuzz.ts';
import { type Draw, writeByHand } from './support/layout.ts';
import { drawWorkload } from './support/workloads.ts';

const FORMS = [
  {},
  { sidecar: 'plain' },
  { sidecar: 'plain', env: ['REHUP_STATE_DIR=/state'] },
  { env: ['REHUP_STATE_DIR=/state', 'REHUP_RESTART=container'] },
  { publish: true },
  { publish: true, sidecar: 'plain', env: ['REHUP_STATE_DIR=/state'] },
];

type Manifest = { text: string; form: (typeof FORMS)[number]; isRepeated: boolean };

const manifests = fc
  .array(fc.nat({ max: 5039 }), { maxLength: 300, size: 'max' })
  .map((draws): Manifest => {
    let at = 0;
    const draw: Draw = (choices) => (draws[at++] ?? 0) % choices;
    const form = FORMS[draw(FORMS.length)] ?? {};
    return { text: writeManifest(draw), form, isRepeated: draw(8) === 0 };
  });

/** Several documents, a mark in front, JSON by a program. */
function writeManifest(draw: Draw): string {
  const style = draw(10);
  if (style > 7) {
    const text = JSON.stringify(drawWorkload(draw, 'one'), null, ['', 1, 2, '\t'][draw(4)]);
    const ended = `${text}${draw(2) === 1 ? '\n' : ''}`;
    return `${draw(6) === 5 ? '\uFEFF' : ''}${draw(3) === 2 ? ended.replaceAll('\n', '\r\n') : ended}`;
  }
  const count = draw(5) === 4 ? 2 + draw(2) : 1;
  const documents = Array.from({ length: count }, (_, index) => {
    if (draw(4) === 3)
      return writeByHand({ kind: 'Service', metadata: { name: 'x' }, spec: {} }, draw);
    return writeByHand(drawWorkload(draw, `w${index}`), draw);
  });
  const separator =
    ['---\n', '---\n# a remark\n', '...\n---\n', '--- # another\n\n'][draw(4)] ?? '---\n';
  const text = documents.map((one) => (one.endsWith('\n') ? one : `${one}\n`)).join(separator);
  return `${draw(8) === 7 ? '\uFEFF' : ''}${draw(4) === 3 ? '---\n' : ''}${draw(6) === 5 ? text.trimEnd() : text}`;
}

function injectInto({ text, form }: Manifest): string {
  const options = parseInjectOptions('a.yaml', {
    resources: true,
    ports: true,
    probes: true,
    ...form,
  });
  const { settings } = loadConfig({ flags: {}, env: options.env });
  return inject({ file: 'a.yaml', text }, { ...options, settings, usesApi: false }).text;
}

type Tree = Record<string, unknown>;

function valuesOf(text: string): unknown[] {
  return parseManifests({ file: '', text }).map(({ value }) => value);
}

/** In the app: the source, or what is published where it could be written. */
function isBad(mount: string): boolean {
  return !/^(?:rehup|rehup-publish) | rehup-published\S* true$/.test(mount);
}

/** The values, without what is added: an oracle that knows nothing of how that is done. */
function read(text: string): unknown[] {
  const documents = parseManifests({ file: '', text });
  expect(documents.flatMap(({ problems }) => problems)).toEqual([]);
  return documents.map(({ value }) => strip(value));
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Tree = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, strip(item)]),
  );
  if ('mountPath' in copy) return { ...copy, name: sourceOf(copy['name']), readOnly: undefined };
  if ('annotations' in copy) copy['annotations'] = withoutRules(copy['annotations']);
  if (isEmpty(copy['metadata'])) delete copy['metadata'];
  if (!('containers' in copy)) return copy;
  delete copy['shareProcessNamespace'];
  for (const list of ['containers', 'initContainers', 'volumes']) {
    const items = (copy[list] ?? []) as Tree[];
    copy[list] = items.filter(
      ({ name, emptyDir, configMap }) =>
        !['rehup', 'rehup-publish', 'rehup-rules'].includes(String(name)) &&
        !(emptyDir && /^rehup-(?:state|published(?:-config|-tls)?)$/.test(String(name))) &&
        !(name === 'my-app' && configMap),
    );
  }
  return copy;
}

/** Where one volume is published, its name tells not which; only one has that. */
function sourceOf(name: unknown): unknown {
  const [, source] = /^rehup-published(?:-(.+))?$/.exec(String(name)) ?? [undefined, name];
  return source ?? 'config';
}

/** One that holds nothing is as good as none. */
function withoutRules(annotations: unknown): unknown {
  const { 'rehup.dev/rules': _, ...others } = (annotations ?? {}) as Tree;
  return Object.keys(others).length === 0 ? undefined : others;
}

function isEmpty(value: unknown): boolean {
  return JSON.stringify(value) === '{}';
}

/** Who has what, in all pods of a text: container, volume, whether it may write. */
function mountsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mountsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { name, volumeMounts } = value as { name?: unknown; volumeMounts?: Tree[] };
  const own = (volumeMounts ?? []).map(
    (mount) => `${String(name)} ${String(mount['name'])} ${String(mount['readOnly'] === true)}`,
  );
  return [...own, ...Object.values(value).flatMap(mountsIn)];
}

function remarksIn(text: string): string[] {
  return (text.match(/# (?:remark \d+|a remark|another|none)/g) ?? []).toSorted();
}

describe('what inject writes', () => {
  it('has all that the manifest had, in any layout, and rehup', () => {
    fuzz(manifests, (manifest) => {
      const before = read(manifest.text);
      const after = injectInto(manifest);
      expect(read(after)).toEqual(before);
      expect(remarksIn(after)).toEqual(remarksIn(manifest.text));
      expect(lostLines(manifest.text, after)).toEqual([]);
      if ('publish' in manifest.form) expect(mountsIn(valuesOf(after)).filter(isBad)).toEqual([]);
      if (manifest.isRepeated) expect(injectInto({ ...manifest, text: after })).toBe(after);
    });
  });
});

/** A value may be put in there. */
function isTouched(line: string): boolean {
  return /[[\]{}]|shareProcessNamespace|initContainers|volumes|annotations|"?config|"?tls|readOnly|^\s*:|^\s*"?'?[\w:]+['"]?,?$/.test(
    line,
  );
}

/** Lines that are not there any more, but for those that a value was put into, or after. */
function lostLines(before: string, after: string): string[] {
  if (before.trimStart().replace('\uFEFF', '').startsWith('{')) return [];
  const lines = new Set(after.split(/\r?\n/));
  const goesOn = (line: string): boolean => {
    const start = line.replace(/,?\s*(?:#.*)?$/, '');
    return [...lines].some((one) => one.startsWith(`${start},`));
  };
  return before
    .split(/\r?\n/)
    .filter((line) => !lines.has(line) && !isTouched(line) && !goesOn(line));
}

it('the layouts are what another reader takes, too', () => {
  expect(parseAllDocuments(writeManifest(() => 0)).flatMap(({ errors }) => errors)).toEqual([]);
});
