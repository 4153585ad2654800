// What rehup says is said in its own words: parsers and libraries quote what they were given.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../../src/config/file.ts';
import { openCluster } from '../../../src/kubernetes/kubeconfig.ts';
import { pods } from '../../../src/kubernetes/request.ts';
import { locateBug, Plain, reasonOf, toError } from '../../../src/system/errors.ts';
import { parseManifests } from '../../../src/tools/manifest/document.ts';
import { createCanary, holdsCanary } from '../../support/canary.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** YAML that is broken in the ways that its parser likes to quote. */
const broken = [
  'an alias: *SECRET',
  'a block: |SECRET\n  a',
  'a tag: !SECRET [',
  '%SECRET\n---\na: [',
  'a: "x"\nSECRET',
  'a: "\\SECRET"',
  'a: SECRET\n  b: SECRET\n c: SECRET',
  'a: {SECRET: 1, SECRET: 2',
  'SECRET: 1\nSECRET: 2',
  '"SECRET',
  '- SECRET\nSECRET: SECRET',
  '? [SECRET]\n: SECRET\n!!SECRET',
].map((text) => text.replaceAll('SECRET', createCanary('yaml')));

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

const messageOf = (run: () => unknown): string => toError(thrownBy(run)).message;

describe('the message of a parser', () => {
  it.each(broken)('is not passed on where a manifest is broken: %j', (text) => {
    const problems = parseManifests({ file: 'a.yaml', text }).flatMap((one) => one.problems);
    expect(problems.filter(({ reason }) => holdsCanary(reason))).toEqual([]);
  });

  it.each(broken)('is not passed on where a configuration file is broken: %j', (text) => {
    const message = messageOf(() => parseConfigFile(text, 'rehup.yaml'));
    // The name of an option that is not known is shown: it is no content of a volume.
    expect(message.split('\n').filter((line) => !line.includes('is not known'))).not.toContainEqual(
      expect.stringContaining('cAnArY'),
    );
  });

  it.each(broken)('is not passed on where a kubeconfig is broken: %j', async (text) => {
    await using dir = await createTempDir();
    const kubeconfig = join(dir.path, 'config');
    writeFileSync(kubeconfig, text);
    const message = messageOf(() => openCluster({ kubeconfig }));
    expect(message).toMatch(/kubeconfig/);
    expect(holdsCanary(message)).toBe(false);
  });

  it('is not passed on where the program of a kubeconfig fails', async () => {
    await using dir = await createTempDir();
    const kubeconfig = join(dir.path, 'config');
    for (const script of [
      `echo ${createCanary('exec')}`,
      `echo ${createCanary('exec')} >&2; exit 1`,
    ]) {
      writeFileSync(kubeconfig, kubeconfigWith(script));
      const { client } = openCluster({ kubeconfig });
      const failed = await client
        .request({ ...pods, verb: 'list', namespace: 'default' }, new AbortController().signal)
        .then(String, (error: unknown) => toError(error).message);
      expect(failed).toMatch(/the credentials of the kubeconfig cannot be used/);
      expect(holdsCanary(failed)).toBe(false);
    }
  });

  it.each([
    () => JSON.parse(createCanary('json')) as unknown,
    () => new RegExp(`(${createCanary('pattern')}`),
    () => readFileSync(`${createCanary('path')}\0`),
    () => new URL(createCanary('url')),
    () => {
      throw new Error(createCanary('any'));
    },
  ])('is not passed on where a bug lets it through: %s', (run) => {
    const error = thrownBy(run);
    expect(error).toBeInstanceOf(Error);
    expect(holdsCanary(reasonOf(error))).toBe(false);
    expect(holdsCanary(locateBug(error).replace(/ at .*/, ''))).toBe(false);
  });

  it('is passed on where it is our own', () => {
    expect(reasonOf(new Plain('it is too large'))).toBe('it is too large');
    expect(locateBug(new TypeError('x is not a function'))).toMatch(/^TypeError: x is not.* at /);
  });
});

describe('the source', () => {
  it('shows the message of an error only where it is known whose words it holds', () => {
    const root = join(import.meta.dirname, '../../..');
    const files = globSync('src/**/*.ts', { cwd: root });
    const careless = files.filter((file) =>
      /toError\(\w+\)\.message|errorCode\(\w+\) \?\? \w+\.message/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
    // What the kernel says of a watch has names of files in it, and nothing else.
    expect(careless).toEqual(['src/sidecar/watch/chokidar.ts']);
  });
});

function kubeconfigWith(script: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:1' } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    users: [
      {
        name: 'me',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: '/bin/sh',
            args: ['-c', script],
          },
        },
      },
    ],
  });
}
