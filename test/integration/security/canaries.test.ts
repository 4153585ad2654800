// With hostile files in every directory that others may write to, no output shows what they lead to.
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCanary, holdsCanary } from '../../support/canary.ts';
import { createHttpApp } from '../../support/http-app.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { type Rehup, startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const CHECKS =
  '*.json=json,*.yaml=yaml,*.toml=toml,*.ini=ini,*.env=env,*.pem=pem,*.crt=certificate';

/** What a link leads to: what a parser would quote, whatever it takes it for. */
function writeSecrets(dir: string): string {
  const secrets = join(dir, 'secrets');
  mkdirSync(secrets);
  const secret = createCanary('linked');
  for (const end of ['json', 'yaml', 'toml', 'ini', 'env', 'pem', 'crt']) {
    writeFileSync(join(secrets, `a.${end}`), `${secret} = {"${secret}: [${secret}\n\t*${secret}`);
  }
  writeFileSync(join(secrets, 'text'), secret);
  return secrets;
}

/** Every name that rehup has in its state directory, and each by a link to a secret. */
function plant(dir: string, secrets: string): void {
  for (const name of ['rehup-state.json', 'rehup-state.json.tmp', 'rehup.sock']) {
    symlinkSync(join(secrets, 'text'), join(dir, name));
  }
}

/** All that answers on the port, whatever it answers with. */
async function readPages(rehup: Rehup): Promise<string> {
  const { port = 0 } = rehup.all({ msg: 'listening' }).find((line) => line.port) ?? {};
  const pages = ['/status', '/metrics', '/', '/healthz', '/readyz', `/${createCanary('path')}`];
  const texts = pages.map(async (page) => {
    const response = await fetch(`http://127.0.0.1:${port}${page}`);
    return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
  });
  return (await Promise.all(texts)).join('\n');
}

const commands = [
  ['status', '--output', 'json'],
  ['status', '--output', 'text'],
  ['doctor'],
  ['doctor', '--output', 'json'],
  ['trigger'],
];

describe('what a hostile file leads to', () => {
  it('is in no line of the log, page, metric and output of a command', async () => {
    await using temp = await createTempDir();
    const secrets = writeSecrets(temp.path);
    const [state, watched, run, config] = ['state', 'watched', 'run', 'config'].map((name) => {
      const path = join(temp.path, name);
      mkdirSync(path);
      return path;
    }) as [string, string, string, string];
    plant(state, secrets);
    symlinkSync(secrets, join(watched, 'directory'));
    for (const name of ['a.json', 'a.yaml', 'a.toml', 'a.ini', 'a.env', 'a.pem', 'a.crt']) {
      symlinkSync(join(secrets, name), join(watched, name));
    }
    symlinkSync(join(secrets, 'text'), join(run, 'app.pid'));
    await using app = await createHttpApp();
    const file = join(config, 'rehup.yaml');
    const rules = [
      { name: 'http', watch: watched, url: app.url, validate: CHECKS },
      { name: 'pid', watch: watched, target: `pidfile:${join(run, 'app.pid')}` },
      { name: 'body', watch: watched, url: app.url, bearerFile: join(config, 'token') },
    ];
    writeFileSync(file, JSON.stringify({ rules }));
    writeFileSync(join(config, 'token'), `${createCanary('token')}\n${createCanary('token')}`);
    const env = { REHUP_CONFIG: file, REHUP_STATE_DIR: state, REHUP_LISTEN: '127.0.0.1:0' };
    // Whatever it logs, and whatever a command prints, is searched for secrets at its end.
    await using rehup = await startRehup({ env: { ...env, REHUP_LOG_LEVEL: 'debug' } });
    const invalid = await rehup.line({ rule: 'http', outcome: 'invalid' });
    expect(invalid.reason).toMatch(/is not JSON|is not YAML|is not TOML/);
    await rehup.line({ rule: 'pid', outcome: 'no-target' });
    await rehup.line({ rule: 'body', outcome: 'unreachable' });
    const left = rehup.all({ msg: 'going on without' });
    expect(left.map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining('it is a link'),
    );
    expect(holdsCanary(await readPages(rehup))).toBe(false);
    for (const argv of commands) {
      const { stdout, stderr } = await runRehup(argv, { ...env, REHUP_LISTEN: 'off' });
      expect(`${stdout}${stderr}`).not.toBe('');
    }
    // A new version of the configuration that is none, by a link.
    symlinkSync(join(secrets, 'a.yaml'), `${file}.new`);
    renameSync(`${file}.new`, file);
    const kept = await rehup.line({ msg: 'configuration kept' });
    expect(JSON.stringify(kept)).toContain('is not YAML');
    expect(holdsCanary(await readPages(rehup))).toBe(false);
    expect(await rehup.stop()).toBe(0);
  }, 240_000);

  it('is in no output either where the state is replaced while rehup runs, and it starts again', async () => {
    await using temp = await createTempDir();
    const secrets = writeSecrets(temp.path);
    const watched = join(temp.path, 'watched');
    const state = join(temp.path, 'state');
    for (const path of [watched, state]) mkdirSync(path);
    writeFileSync(join(watched, 'app.conf'), createCanary('content'));
    await using app = await createHttpApp();
    const env = { REHUP_WATCH: watched, REHUP_URL: app.url, REHUP_STATE_DIR: state };
    for (const round of ['first', 'second']) {
      await using rehup = await startRehup({ env });
      await rehup.line({ msg: 'watching' });
      writeFileSync(join(watched, 'app.conf'), createCanary(round));
      await rehup.line({ msg: 'reloaded' });
      expect(await rehup.stop()).toBe(0);
      symlinkSync(join(secrets, 'a.json'), join(state, 'planted'));
      renameSync(join(state, 'planted'), join(state, 'rehup-state.json'));
    }
  });
});
