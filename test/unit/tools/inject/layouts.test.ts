// Layouts that once came out broken, and what cannot be changed for one workload alone.
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';
import { inject } from '../../../../src/tools/inject/inject.ts';
import { type RawInjectOptions, parseInjectOptions } from '../../../../src/tools/inject/options.ts';
import { parseManifests } from '../../../../src/tools/manifest/document.ts';

function injectInto(text: string, given: Partial<RawInjectOptions> = {}): string {
  const raw = { resources: true, ports: true, probes: true, ...given };
  const options = parseInjectOptions('a.yaml', raw);
  const { settings } = loadConfig({ flags: {}, env: options.env });
  return inject({ file: 'a.yaml', text }, { ...options, settings, usesApi: false }).text;
}

type Named = { name: string };
type Spec = { containers: Named[]; initContainers?: Named[]; volumes: Named[] };

function specOf(text: string): Spec {
  const [document] = parseManifests({ file: 'a.yaml', text });
  expect(document?.problems).toEqual([]);
  return (document as unknown as { value: { spec: Spec } }).value.spec;
}

const names = (list: readonly Named[] = []): string[] => list.map(({ name }) => name);

const head = 'kind: Pod\nmetadata: { name: p }\nspec:\n';
const mounts = 'volumeMounts: [{ name: s, mountPath: /c }]';
const plain = { sidecar: 'plain' };
const withState = { ...plain, env: ['REHUP_STATE_DIR=/state'] };

describe('two changes at one place', () => {
  it('keep an init list that ends where new keys begin', () => {
    const text = `${head}  initContainers:\n  - name: wait\n    image: busybox\n  containers:\n  - name: app\n    image: nginx\n    ${mounts}\n  volumes: [{ name: s, configMap: { name: s } }]\n`;
    const spec = specOf(injectInto(text));
    expect(names(spec.initContainers)).toEqual(['wait', 'rehup']);
    expect(names(spec.containers)).toEqual(['app']);
  });

  it('keep a list of containers that ends the document', () => {
    const text = `${head}  volumes:\n  - {name: s, configMap: {name: s}}\n  containers:\n  - name: app\n    image: nginx\n    ${mounts}`;
    const spec = specOf(injectInto(text, withState));
    expect(names(spec.containers)).toEqual(['app', 'rehup']);
    expect(names(spec.volumes)).toEqual(['s', 'rehup-state']);
  });

  it('add several volumes to one list', () => {
    const text = `${head}  containers:\n  - name: app\n    image: nginx\n    envFrom:\n    - configMapRef: { name: a }\n    - secretRef: { name: b }\n  volumes:\n  - { name: tmp, emptyDir: {} }\n`;
    const spec = specOf(injectInto(text, { env: ['REHUP_RESTART=container'] }));
    expect(names(spec.volumes)).toEqual(['tmp', 'a', 'b']);
  });
});

it('a comment at the end of a container stays with it', () => {
  const text = `${head}  volumes: [{ name: s, configMap: { name: s } }]\n  containers:\n  - name: app\n    image: nginx\n    ${mounts}\n    # of the app\n  restartPolicy: Always\n`;
  const after = injectInto(text, plain);
  expect(names(specOf(after).containers)).toEqual(['app', 'rehup']);
  expect(after.indexOf('# of the app')).toBeLessThan(after.indexOf('- name: rehup'));
});

describe('a list that is written elsewhere', () => {
  const shared = `x: &volumes [{ name: s, configMap: { name: s } }]\nother: *volumes\n`;

  it('is written out where an alias stands for it', () => {
    const text = `${shared}${head}  containers: [{ name: app, image: nginx, ${mounts} }]\n  volumes: *volumes\n`;
    const after = injectInto(text, withState);
    expect(names(specOf(after).volumes)).toEqual(['s', 'rehup-state']);
    expect(after).toContain(shared);
  });

  it('is written out where it is merged', () => {
    const text = `x: &base\n  volumes: [{ name: s, configMap: { name: s } }]\n${head}  <<: *base\n  containers: [{ name: app, image: nginx, ${mounts} }]\n`;
    const after = injectInto(text, withState);
    expect(names(specOf(after).volumes)).toEqual(['s', 'rehup-state']);
    expect(after.startsWith(text.slice(0, text.indexOf('kind')))).toBe(true);
  });

  it('is left alone if another object has it as well, with exit code 70', () => {
    const text = `kind: List\nitems:\n- kind: Pod\n  metadata: { name: p }\n  spec:\n    containers: [{ name: app, image: nginx, ${mounts} }]\n    volumes: &v [{ name: s, configMap: { name: s } }]\n- kind: Other\n  volumes: *v\n`;
    expect(() => injectInto(text, withState)).toThrow(
      expect.objectContaining({
        exitCode: 70,
        message: expect.stringContaining('without aliases') as unknown,
      }),
    );
  });
});

it('text that goes on in a line that is not further in is what it is to kubectl', () => {
  const text = `${head}  containers:\n  - name: app\n    image: nginx\n    args: ["\n    sleep 1;\n    sleep 2\n    "]\n    ${mounts}\n  volumes: [{ name: s, configMap: { name: s } }]\n`;
  const after = injectInto(text);
  expect(specOf(after).containers[0]).toMatchObject({ args: [' sleep 1; sleep 2 '] });
});
