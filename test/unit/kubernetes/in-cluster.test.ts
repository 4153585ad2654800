import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIdentity } from '../../../src/kubernetes/identity.ts';
import { inClusterConnection } from '../../../src/kubernetes/in-cluster.ts';
import { createTempDir, type TempDir } from '../../support/temp-dir.ts';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const ADDRESS = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir();
  write({ token: 'first\n', 'ca.crt': CA, namespace: 'web' });
});
afterEach(async () => await dir[Symbol.asyncDispose]());

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir.path, name), text);
}

describe('the connection of a pod', () => {
  it.each([
    [ADDRESS, 'https://10.96.0.1/'],
    [
      { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '6443' },
      'https://10.96.0.1:6443/',
    ],
    [{ KUBERNETES_SERVICE_HOST: 'api.local' }, 'https://api.local/'],
    [{ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }, 'https://[fd00::1]/'],
  ])('with %o goes to %s', (env, url) => {
    expect(inClusterConnection(env).server.href).toBe(url);
  });

  it('reads the token anew for each request, since the kubelet replaces it', async () => {
    const { options } = inClusterConnection(ADDRESS, dir.path);
    expect(await options()).toEqual({ ca: CA, headers: { authorization: 'Bearer first' } });
    write({ token: 'second' });
    expect(await options()).toMatchObject({ headers: { authorization: 'Bearer second' } });
  });

  it.each([
    ['ca.crt', 'nonsense', /ca\.crt holds no certificate$/],
    ['ca.crt', '', /ca\.crt is empty$/],
    ['token', ' \n', /token is empty$/],
    ['token', 'two\nlines', /token holds no token$/],
  ])('is none with a %s of %j', async (name, text, message) => {
    write({ [name]: text });
    const { options } = inClusterConnection(ADDRESS, dir.path);
    await expect(options()).rejects.toMatchObject({
      kind: 'no-access',
      message: expect.stringMatching(message),
      remedy: expect.stringContaining('automountServiceAccountToken: true'),
    });
  });

  it.each([
    [{}, /^KUBERNETES_SERVICE_HOST is not set/],
    [{ ...ADDRESS, KUBERNETES_SERVICE_PORT: 'https' }, /are not an address: 10\.96\.0\.1, https$/],
  ])('is none with %o', (env, message) => {
    expect(() => inClusterConnection(env, dir.path)).toThrow(message);
  });
});

describe('the identity of the own pod', () => {
  it.each([
    [{ POD_NAME: 'my-app', POD_NAMESPACE: 'web' }],
    [{ POD_NAME: 'my-app', POD_NAMESPACE: '' }],
    [{ POD_NAME: 'my-app' }],
  ])('is told by %o and the service account', async (env) => {
    expect(await readIdentity(env, dir.path)).toEqual({ name: 'my-app', namespace: 'web' });
  });

  it('needs no service account where the downward API tells both', async () => {
    const env = { POD_NAME: 'my-app', POD_NAMESPACE: 'web' };
    expect(await readIdentity(env, join(dir.path, 'missing'))).toEqual({
      name: 'my-app',
      namespace: 'web',
    });
  });

  it.each([
    [{ POD_NAMESPACE: 'web' }, /^POD_NAME is not set/, 'fieldPath: metadata.name}'],
    [{ POD_NAME: '' }, /^POD_NAME is not set/, 'fieldPath: metadata.name}'],
    [
      { POD_NAME: 'my-app', POD_NAMESPACE: 'other' },
      /^POD_NAMESPACE is other, but the service account is of namespace web$/,
      'fieldPath: metadata.namespace}',
    ],
  ])('is unknown with %o', async (env, message, remedy) => {
    await expect(readIdentity(env, dir.path)).rejects.toMatchObject({
      kind: 'no-access',
      message: expect.stringMatching(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('is unknown where nothing tells the namespace', async () => {
    await expect(
      readIdentity({ POD_NAME: 'my-app' }, join(dir.path, 'missing')),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^POD_NAMESPACE is not set, and/),
      remedy: expect.stringContaining('fieldPath: metadata.namespace}'),
    });
  });
});
