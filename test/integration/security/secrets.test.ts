// Contents and credentials are in no log, page, state file, error or command line.
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCanary, ENVIRONMENT_CANARY, holdsCanary } from '../../support/canary.ts';
import type { Answer } from '../../support/http-app.ts';
import { createHttpScene, type HttpScene } from '../../support/http-scene.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Says everything that it was told, wherever an answer can say something. */
const echo =
  (code: number): Answer =>
  (response, { headers, path, body }) => {
    const told = JSON.stringify({ headers, path, body });
    const safe = Buffer.from(told).toString('base64');
    response.writeHead(code, {
      'x-echo': safe,
      'retry-after': safe,
      allow: safe,
      location: `http://127.0.0.1:1/${safe}?${safe}`,
    });
    response.end(told);
  };

async function readPages({ rehup }: Pick<HttpScene, 'rehup'>): Promise<string> {
  const { port = 0 } = rehup.all({ msg: 'listening' })[0] ?? {};
  const pages = await Promise.all(
    ['/status', '/metrics', '/', '/nowhere'].map(async (page) =>
      (await fetch(`http://127.0.0.1:${port}${page}`)).text(),
    ),
  );
  return pages.join('\n');
}

type Way = {
  where: string;
  env: (dir: string, url: string) => Record<string, string>;
  /** What a reload comes to where the app answers well. Default `reloaded`. */
  end?: string;
};

const withUser = (url: string, rest = ''): string =>
  `${url.replace('//', `//user:${createCanary('password')}@`)}${rest}`;

const ways: Way[] = [
  {
    where: 'in the URL',
    env: (_, url) => ({
      REHUP_URL: withUser(
        url,
        `?token=${createCanary('query')}&${createCanary('bare')}#${createCanary('fragment')}`,
      ),
    }),
  },
  {
    where: 'in headers and in the body',
    env: (_, url) => ({
      REHUP_URL: url,
      REHUP_HEADER: `X-Key: ${createCanary('header')}\nAuthorization: Bearer ${createCanary('token')}`,
      REHUP_BODY: createCanary('body'),
    }),
  },
  {
    where: 'in the files of a header and of the body',
    env: (dir, url) => ({
      REHUP_URL: url,
      REHUP_HEADER: `X-Key: @${write(dir, 'key', createCanary('key'))}`,
      REHUP_BODY: `@${write(dir, 'body', createCanary('body'))}`,
    }),
  },
  {
    where: 'in the file of a bearer token',
    env: (dir, url) => ({
      REHUP_URL: url,
      REHUP_BEARER_FILE: write(dir, 'token', createCanary('bearer')),
    }),
  },
  {
    where: 'in the file of user and password',
    env: (dir, url) => ({
      REHUP_URL: url,
      REHUP_BASIC_AUTH_FILE: write(dir, 'auth', `user:${createCanary('basic')}`),
    }),
  },
  {
    where: 'in the URLs of the checks',
    end: 'unverified',
    env: (_, url) => ({
      REHUP_URL: url,
      REHUP_READY_URL: withUser(url, `?${createCanary('ready')}`),
      REHUP_VERIFY_URL: withUser(url, `?v=${createCanary('verify')}`),
      REHUP_VERIFY_MATCH: 'nothing like it',
      REHUP_VERIFY_TIMEOUT: '100ms',
    }),
  },
];

function write(dir: string, name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, `${text}\n`);
  return path;
}

const CODES = [302, 401, 405, 500, 503];

describe('a credential', () => {
  it.for(ways)('$where is shown nowhere, whatever the app answers', async ({ env, end }) => {
    await using dir = await createTempDir();
    await using scene = await createHttpScene({
      env: ({ url }) => ({ ...env(dir.path, url), REHUP_LISTEN: '127.0.0.1:0' }),
      ...(end && { start: end }),
    });
    for (const code of CODES) {
      scene.app.answer(echo(code));
      await scene.volume.write({ 'app.conf': `${code}` });
      const failed = await waitFor(`the answer ${code}`, () =>
        scene.rehup.lines.find(({ reason }) => reason?.includes(`status ${code}`)),
      );
      expect(failed.reason).toContain(new URL(scene.app.url).host);
      const pages = await readPages(scene);
      expect(pages).toContain(`status ${code}`);
      expect(holdsCanary(pages)).toBe(false);
    }
    scene.app.answer(echo(200));
    await scene.volume.write({ 'app.conf': 'good' });
    await scene.rehup.line({ outcome: end ?? 'reloaded', changed: ['app.conf'] });
    expect(holdsCanary(readFileSync(`/proc/${scene.rehup.pid}/cmdline`, 'utf8'))).toBe(false);
    expect(await scene.rehup.stop()).toBe(0);
    expect(holdsCanary(JSON.stringify(scene.app.requests))).toBe(true);
  });

  it('on the command line is not shown to the other containers', async () => {
    await using scene = await createHttpScene();
    await using rehup = await startRehup({
      argv: ['--watch', scene.volume.root, '--url', withUser(scene.app.url)],
    });
    await rehup.line({ msg: 'reloaded' });
    expect(readFileSync(`/proc/${rehup.pid}/cmdline`, 'utf8')).toMatch(/^rehup\0*$/);
  });

  it.for([
    ['REHUP_URL', `ftp://user:${createCanary('url')}@host/?${createCanary('query')}`],
    ['REHUP_URL', `http://user:%${createCanary('url')}@host/`],
    ['REHUP_URL', `http://user:${createCanary('url')}@:host/`],
    ['REHUP_READY_URL', `ftp://user:${createCanary('url')}@host/`],
    ['REHUP_VERIFY_URL', `http://host/{{${createCanary('url').replaceAll(/[^a-z]/gi, '')}}}`],
    ['REHUP_HEADER', `no header ${createCanary('header')}`],
    ['REHUP_HEADER', `X-Key: a\u0001${createCanary('header')}`],
    ['REHUP_BODY', `@${createCanary('body')}`],
    ['REHUP_BODY', `{{${createCanary('body').replaceAll(/[^a-z]/gi, '')}}}`],
  ] as const)('in %s is not shown where that is refused', async ([option, value]) => {
    await using refused = await startRehup({
      env: { REHUP_URL: 'http://127.0.0.1/', [option]: value },
      stderr: new RegExp(option),
    });
    expect((await refused.exited).code).toBe(2);
  });

  it.for([
    ['an alias that there is not', (secret: string) => `url: *${secret}`],
    ['a block that begins wrongly', (secret: string) => `url: |${secret}\n  a`],
    ['a tag', (secret: string) => `url: !${secret} http://127.0.0.1/\nsplay: never`],
    ['a directive', (secret: string) => `%${secret}\n---\nsplay: never`],
    ['a line that is left over', (secret: string) => `url: "x"\n${secret}`],
    ['an escape', (secret: string) => `url: "\\${secret}"`],
    ['a URL', (secret: string) => `url: ftp://user:${secret}@host/`],
    ['a header', (secret: string) => `header: ["${secret}"]`],
  ] as const)('in a configuration file with %s is not shown', async ([, makeText]) => {
    await using dir = await createTempDir();
    const path = write(dir.path, 'rehup.yaml', makeText(createCanary('file')));
    await using refused = await startRehup({
      env: { REHUP_CONFIG: path },
      stderr: /rehup: the configuration cannot be used/,
    });
    expect((await refused.exited).code).toBe(2);
  });
});

/** Broken in the way that each parser likes to quote. */
const broken = (secret: string): Record<string, string> => ({
  'a.json': `{"password": "${secret}", ${secret}}`,
  'b.yaml': `password: "${secret}"\n  x: [${secret}\n*${secret}`,
  'c.toml': `password = ${secret}`,
  'd.ini': `[${secret}\n${secret}`,
  'e.env': `1${secret}=x\n${secret}`,
  'f.pem': `-----BEGIN ${secret}-----\n${secret}`,
});

describe('content', () => {
  it('is shown nowhere, be it good or bad', async () => {
    await using state = await createTempDir();
    const stateEnv = { REHUP_STATE_DIR: state.path, REHUP_LISTEN: '127.0.0.1:0' };
    const secret = createCanary('content');
    await using scene = await createReloadScene({
      payload: { 'app.conf': 'one', password: createCanary('first') },
      env: {
        ...stateEnv,
        REHUP_VALIDATE: '*.json=json,*.yaml=yaml,*.toml=toml,*.ini=ini,*.env=env,*.pem=pem',
      },
    });
    await scene.volume.write({ 'app.conf': secret, ...broken(secret) });
    const invalid = await scene.rehup.line({ outcome: 'invalid' });
    // As many as a reason names.
    expect(invalid.reason?.split('; ')).toHaveLength(6);
    await scene.volume.write({ 'app.conf': secret, password: secret });
    await scene.rehup.line({ msg: 'reloaded' });
    await scene.app.line(`reloaded ${secret}`);
    const pages = await readPages(scene);
    expect(pages).toContain('password');
    expect(holdsCanary(pages)).toBe(false);
    // These fail by themselves where they print one.
    for (const argv of [['status'], ['status', '--output', 'text'], ['trigger'], ['doctor']]) {
      const env = { ...stateEnv, REHUP_LISTEN: 'off', REHUP_WATCH: scene.volume.root };
      const { stdout } = await runRehup(argv, env);
      expect(stdout).not.toBe('');
    }
  });

  it('cannot be guessed from a hash that is shown', async () => {
    const pin = '4711';
    const plain = createHash('sha256').update(pin).digest('hex').slice(0, 12);
    await using scene = await createReloadScene({
      env: { REHUP_LISTEN: '127.0.0.1:0' },
      payload: { 'app.conf': 'one', pin: '0815' },
    });
    await scene.volume.write({ 'app.conf': 'two', pin });
    await scene.rehup.line({ msg: 'reloaded' });
    const all = `${await readPages(scene)}\n${JSON.stringify(scene.rehup.lines)}`;
    // The twelve digits of a key's hash are there, and are others.
    expect(all).toMatch(/"pin": "[0-9a-f]{12}"/);
    expect(all).not.toContain(plain);
  });

  it('leaves hashes alone in the state directory, for no other user to read', async () => {
    await using state = await createTempDir();
    await using scene = await createReloadScene({
      payload: { 'app.conf': 'one', password: createCanary('state') },
      env: { REHUP_STATE_DIR: state.path },
    });
    await scene.volume.write({ 'app.conf': 'two', password: createCanary('state') });
    await scene.rehup.line({ msg: 'reloaded' });
    const path = join(state.path, 'rehup-state.json');
    const { applied } = JSON.parse(readFileSync(path, 'utf8')) as { applied: object };
    const hashes = Object.values(applied).flatMap((mounts: object) => Object.values(mounts));
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes).toHaveLength(1);
    expect(holdsCanary(readFileSync(path, 'utf8'))).toBe(false);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  });

  it('is not given to a program on its command line or in its environment', async () => {
    await using dir = await createTempDir();
    const report = join(dir.path, 'report');
    const tell = `cat /proc/$$/cmdline /proc/$$/environ - > ${report}.new; mv ${report}.new ${report}`;
    await using scene = await createHttpScene();
    await using rehup = await startRehup({
      env: {
        REHUP_WATCH: scene.volume.root,
        REHUP_EXEC: JSON.stringify(['/bin/sh', '-c', tell]),
        DATABASE_PASSWORD: '',
      },
    });
    await rehup.line({ outcome: 'reloaded' });
    await scene.volume.write({ 'app.conf': createCanary('exec') });
    await rehup.line({ outcome: 'reloaded', changed: ['app.conf'] });
    const told = readFileSync(report, 'utf8');
    expect(told).toContain('REHUP_CHANGED=');
    expect(told).toContain('"changed":["app.conf"]');
    expect(holdsCanary(told)).toBe(false);
  });
});

describe('the search for secrets in the output of all tests', () => {
  it('finds one that rehup prints, since a program did', async () => {
    await using scene = await createHttpScene();
    const rehup = await startRehup({
      env: {
        REHUP_WATCH: scene.volume.root,
        REHUP_EXEC: JSON.stringify(['/bin/sh', '-c', 'echo "$DATABASE_PASSWORD"']),
      },
    });
    const { text } = (await rehup.line({ msg: 'command output' })) as { text?: string };
    expect(text).toBe(ENVIRONMENT_CANARY);
    await expect(rehup.stop()).rejects.toThrow('rehup printed a secret');
  });

  it.for(['utf8', 'base64', 'base64url', 'hex'] as const)('knows one in %s', (encoding) => {
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const text = Buffer.from(`${before}${createCanary('encoded')}`).toString(encoding);
      expect(holdsCanary(`a ${text} b`)).toBe(true);
    }
    expect(holdsCanary('reloaded app.conf 425d4bb5dd81')).toBe(false);
  });
});
