import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { createValidate } from './validation-scene.ts';

describe('validation of a volume', () => {
  it('is satisfied with good content, and with no check at all', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({
      'app.json': '{"a": 1}',
      'app.yaml': 'a: 1\n',
      'app.toml': 'a = 1\n',
      'app.ini': '[a]\nb = 1\n',
      'app.env': 'A=1\n',
      blob: Buffer.from([0xff, 0x00]),
    });
    const checks =
      '*.json=json,*.yaml=yaml,*.toml=toml,*.ini=ini,*.env=env,*=not-empty,gone.json=json';
    const env = { REHUP_VALIDATE: checks, REHUP_REQUIRE_KEYS: `app.json,${volume.root}/blob` };
    expect(await createValidate(env, [volume.root]).validate()).toBeUndefined();
    expect(await createValidate({}, [volume.root]).validate()).toBeUndefined();
  });

  it('names every file with its place, and whom to correct', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'b.yaml': 'pin: "1234\n', 'a/x.json': '{\n  "pin": 1234,\n}' });
    const origin = { device: '0:1', root: '/', subPath: false, name: 'conf' };
    const mount = { path: volume.root, volume: { ...origin, kind: 'configmap' } } as const;
    const env = {
      REHUP_VALIDATE: '**/*.{json,toml}=json,*.yaml=yaml',
      REHUP_REQUIRE_KEYS: 'main.conf',
    };
    expect(await createValidate(env, [mount]).validate()).toEqual({
      outcome: 'invalid',
      reason: [
        `${volume.root}/main.conf: is required and not there`,
        `${volume.root}/a/x.json, line 3, column 1: is not JSON: a comma stands before the closing bracket`,
        `${volume.root}/b.yaml, line 2, column 1: is not YAML: a character is missing: a colon, comma, quote, bracket or blank`,
      ].join('; '),
      remedy:
        'correct the key main.conf of the ConfigMap behind the volume conf; until then the app keeps its old configuration',
    });
  });

  it('is about the keys that count, and no others', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'a.json': '{', 'b.json': '{}', 'sub/c.json': '{' });
    const check = { REHUP_VALIDATE: '**/*.json=json' };
    const excluded = { ...check, REHUP_EXCLUDE: 'a.json,sub/**' };
    expect(await createValidate(excluded, [volume.root]).validate()).toBeUndefined();
    const only = { path: volume.root, only: ['b.json'] };
    expect(await createValidate(check, [only]).validate()).toBeUndefined();
    const below = { path: volume.root, only: ['b.json', 'sub'] };
    expect(await createValidate(check, [below]).validate()).toMatchObject({
      reason: expect.stringMatching(/\/sub\/c\.json, line 1/) as string,
    });
  });

  it('looks for a required key in every mount, or in the one that is named', async () => {
    await using one = await createKubeletVolume();
    await using other = await createKubeletVolume();
    await one.write({ 'app.conf': 'x' });
    await other.write({ 'tls.crt': 'x' });
    const mounts = [one.root, other.root];
    const validate = (keys: string): ReturnType<ReturnType<typeof createValidate>['validate']> =>
      createValidate({ REHUP_REQUIRE_KEYS: keys }, mounts).validate();
    expect(await validate('app.conf,tls.crt')).toBeUndefined();
    expect(await validate(`${other.root}/tls.crt`)).toBeUndefined();
    expect(await validate('tls.key')).toMatchObject({
      outcome: 'invalid',
      reason: 'tls.key: is required and not there',
    });
    expect(await validate(`${one.root}/tls.crt`)).toMatchObject({
      reason: `${one.root}/tls.crt: is required and not there`,
    });
  });

  it('reads plain directories and single files, too', async () => {
    await using directory = await createTempDir();
    mkdirSync(join(directory.path, 'sub'));
    writeFileSync(join(directory.path, 'sub/a.json'), '{');
    const file = join(directory.path, 'b.json');
    writeFileSync(file, '[');
    const env = { REHUP_VALIDATE: '**/*.json=json' };
    const places = async (path: string): Promise<string[]> => {
      const failure = await createValidate(env, [path]).validate();
      return failure?.reason.split('; ').map((text) => text.split(', line')[0] ?? '') ?? [];
    };
    expect(await places(directory.path)).toEqual([file, `${directory.path}/sub/a.json`]);
    expect(await places(file)).toEqual([file]);
  });

  it('refuses a file that is too large to be looked at', async () => {
    await using directory = await createTempDir();
    writeFileSync(join(directory.path, 'a.json'), ' '.repeat(4 * 1024 * 1024 + 1));
    const { validate } = createValidate({ REHUP_VALIDATE: '*.json=json' }, [directory.path]);
    expect(await validate()).toMatchObject({
      outcome: 'invalid',
      reason: `${directory.path}/a.json: is larger than the 4 MiB that can be validated`,
    });
  });

  it('survives content that no parser can hold', async () => {
    await using directory = await createTempDir();
    for (const name of ['a.json', 'a.yaml', 'a.toml']) {
      writeFileSync(
        join(directory.path, name),
        `${name === 'a.toml' ? 'a = ' : ''}${'['.repeat(200_000)}`,
      );
    }
    const env = { REHUP_VALIDATE: '*.json=json,*.yaml=yaml,*.toml=toml' };
    const failure = await createValidate(env, [directory.path]).validate();
    expect(failure?.outcome).toBe('invalid');
    expect(failure?.reason.split('; ')).toHaveLength(3);
  });

  it('is not about keys that do not count, however often they are written', async () => {
    await using directory = await createTempDir();
    writeFileSync(join(directory.path, 'a.json'), '{}');
    const env = {
      REHUP_INCLUDE: 'a.json',
      REHUP_VALIDATE: '*=json',
      REHUP_VALIDATE_EXEC: `["/bin/sh", "-c", "echo more >> $0/log; mv $0/log $0/log.1; :> $0/log"]`,
    };
    expect(await createValidate(env, [directory.path]).validate()).toBeUndefined();
  });

  it('gives no verdict on what the check itself could not read', async () => {
    await using directory = await createTempDir();
    const path = join(directory.path, 'conf');
    mkdirSync(path);
    writeFileSync(join(path, 'a'), 'x');
    const env = { REHUP_VALIDATE_EXEC: `["/bin/sh", "-c", "mv $0 $0.away; exit 1"]` };
    const failure = await createValidate(env, [path]).validate();
    // The mount is gone: whoever watches it says so.
    expect(failure?.outcome).not.toBe('invalid');
  });

  it('gives no verdict on content that never stands still', async () => {
    await using directory = await createTempDir();
    const env = { REHUP_VALIDATE_EXEC: `["/bin/sh", "-c", "echo more >> $0/a"]` };
    expect(await createValidate(env, [directory.path]).validate()).toEqual({
      outcome: 'not-ready',
      reason: 'the content changed 25 times while it was validated',
      remedy: 'watch a directory that is written less often, or raise REHUP_SETTLE',
    });
  });

  it('does not hold a mount against the content that cannot be read', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'a.json': '{}' });
    const env = { REHUP_VALIDATE: '*.json=json', REHUP_REQUIRE_KEYS: 'b.json' };
    const { validate } = createValidate(env, [volume.root, '/no/such/mount']);
    expect(await validate()).toBeUndefined();
  });
});
