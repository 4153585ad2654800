// What a remedy says is done to the letter, to pods that run without root: they must start after it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { guardPermission } from '../src/sidecar/target/guard.ts';
import { findUnstartable } from './support/pod-start.ts';
import { buildProcess, buildSelf } from './support/process-builder.ts';

const root = join(import.meta.dirname, '..');

type Literal = { file: string; text: string; yaml: string };

/** `securityContext: {…}` as it stands in a text; what is filled in is a uid, and may be that of root. */
function literalsIn(file: string): Literal[] {
  const source = readFileSync(join(root, file), 'utf8');
  const texts = source.match(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g) ?? [];
  return texts.flatMap((text) => {
    const filled = text.replaceAll(/\$\{[^{}]*\}/g, '<uid>');
    return (filled.match(/securityContext: ?\{(?:[^{}]|\{[^{}]*\})*\}/g) ?? []).map((yaml) => ({
      file,
      text: filled,
      yaml,
    }));
  });
}

const sources = globSync('src/**/*.ts', { cwd: root }).toSorted();
const pages = ['README.md', ...globSync('docs/*.md', { cwd: root })].toSorted();
const literals = sources.flatMap(literalsIn);

const rehup = { name: 'rehup', image: 'ghcr.io/rehup/rehup:0.1.0' };
const app = { name: 'app', image: 'example.com/app:1', securityContext: { runAsUser: 10_001 } };
const root0 = { runAsUser: 0, runAsNonRoot: false };
const nonRoot = { securityContext: { runAsNonRoot: true } };

const pods = [
  ['of one app', { ...nonRoot, containers: [app, rehup] }],
  [
    'with an exception for the app',
    { ...nonRoot, containers: [{ ...app, securityContext: root0 }, rehup] },
  ],
  ['of several apps', { ...nonRoot, containers: [app, { ...app, name: 'other' }, rehup] }],
  [
    'with rehup as a native sidecar',
    { ...nonRoot, containers: [app], initContainers: [{ ...rehup, restartPolicy: 'Always' }] },
  ],
  ['that says so for rehup alone', { containers: [app, { ...rehup, ...nonRoot }] }],
] as const;

type Pod = { containers: readonly Container[]; initContainers?: readonly Container[] };
type Container = { name: string; securityContext?: object };

/** Into the rehup container, beside what stands there. */
function applyTo(pod: Pod, yaml: string): Pod {
  const { securityContext } = parse(yaml) as { securityContext: object };
  const change = (container: Container): Container =>
    container.name === 'rehup'
      ? { ...container, securityContext: { ...container.securityContext, ...securityContext } }
      : container;
  const { containers, initContainers } = pod;
  return {
    ...pod,
    containers: containers.map(change),
    ...(initContainers && { initContainers: initContainers.map(change) }),
  };
}

it('are found', () => {
  expect(literals.length).toBeGreaterThan(2);
});

describe.each(pods)('a pod %s', (_, pod) => {
  it.each(literals)('starts after: $yaml ($file)', ({ text, yaml }) => {
    const isOpen = /<uid>|\bN\b/.test(text);
    const literal = yaml.replaceAll(/<uid>|\bN\b/g, '10001');
    expect(findUnstartable(applyTo(pod, literal))).toEqual([]);
    if (!isOpen || !text.includes('runAsNonRoot: false, if that is 0')) return;
    const asRoot = applyTo(pod, yaml.replaceAll('<uid>', '0, runAsNonRoot: false'));
    expect(findUnstartable(asRoot)).toEqual([]);
  });

  it.each([0, 10_001])('starts after what is said of an app with the uid %i', (uid) => {
    const target = buildProcess({ pid: 30, container: 'app', uid });
    const { remedy = '' } = guardPermission(target, buildSelf({ uid: 65_532 })) ?? {};
    const [literal = ''] = /securityContext: \{(?:[^{}]|\{[^{}]*\})*\}/.exec(remedy) ?? [];
    const changed = applyTo(pod, literal);
    expect(findUnstartable(changed)).toEqual([]);
    const all: readonly Container[] = [...changed.containers, ...(changed.initContainers ?? [])];
    expect(all.find(({ name }) => name === 'rehup')?.securityContext).toMatchObject({
      runAsUser: uid,
    });
  });
});

describe('the pages', () => {
  it.each(pages)('say with root that it is an exception: %s', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/\s+/g, ' ');
    const contexts = text.match(/securityContext: ?\{(?:[^{}]|\{[^{}]*\})*\}/g) ?? [];
    expect(contexts.filter(isRootOnly)).toEqual([]);
  });
});

function isRootOnly(context: string): boolean {
  return /runAsUser: 0\b/.test(context) && !/runAsNonRoot: false/.test(context);
}
