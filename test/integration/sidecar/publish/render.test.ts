import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume, type KubeletVolume } from '../../../support/kubelet-volume.ts';
import { type Rehup, startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** An app that watches by itself, and of which nothing is to be seen. */
const ALONE = { REHUP_ACTION: 'none', REHUP_TARGET: 'name:nobody-has-this-name' };

function shell(script: string, ...args: string[]): string {
  return JSON.stringify(['/bin/sh', '-euc', script, ...(args.length > 0 ? args : ['sh'])]);
}

type Scene = AsyncDisposable & {
  volume: KubeletVolume;
  published: string;
  /** Beside all that is published. */
  beside: string;
  rehup: Rehup;
  read: (key: string) => string;
  /** What is in the published directory beside keys: one generation, and what leads to it. */
  own: () => string[];
};

async function createScene(
  render: string,
  first: Record<string, string | Buffer>,
  env: Record<string, string> = {},
): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const volume = stack.use(await createKubeletVolume());
  const dir = stack.use(await createTempDir());
  const published = join(dir.path, 'published');
  await volume.write(first);
  const settings = { REHUP_WATCH: volume.root, REHUP_PUBLISH: published, REHUP_RENDER: render };
  const rehup = stack.use(
    await startRehup({ env: { ...ALONE, ...settings, BESIDE: dir.path, ...env } }),
  );
  return {
    volume,
    published,
    beside: dir.path,
    rehup,
    read: (key) => readFileSync(join(published, key), 'utf8'),
    own: () => readdirSync(published).filter((name) => /^\.\.\d/.test(name)),
    [Symbol.asyncDispose]: async () => await stack.disposeAsync(),
  };
}

const UPPER = 'for f in "$1"/*; do tr a-z A-Z < "$f" > "$2/$(basename "$f").up"; done';

describe('a program that renders', () => {
  it('makes of each new content what is published, in the kubelet’s layout', async () => {
    await using scene = await createScene(shell(`echo to "$#"; ${UPPER}`), { a: 'one', b: 'two' });
    await scene.rehup.line({ msg: 'published' });
    expect(readdirSync(scene.published).filter((name) => !name.startsWith('..'))).toEqual([
      'a.up',
      'b.up',
    ]);
    expect([scene.read('a.up'), scene.read('b.up')]).toEqual(['ONE', 'TWO']);
    await scene.volume.write({ a: 'three' });
    await scene.rehup.line({ msg: 'published', changed: ['a'] });
    expect(readdirSync(scene.published)).not.toContain('b.up');
    expect(scene.read('a.up')).toBe('THREE');
    expect(scene.own()).toHaveLength(2);
    expect(
      scene.rehup.all({ msg: 'command output' }).map((line) => (line as { text?: string }).text),
    ).toContain('to 2');
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('is told of the two directories where its arguments name them', async () => {
    const command = JSON.stringify(['/bin/cp', '-r', '--target-directory={{out}}', '{{in}}/a']);
    await using scene = await createScene(command, { a: 'one', b: 'two' });
    await scene.rehup.line({ msg: 'published' });
    expect(readdirSync(scene.published).filter((name) => !name.startsWith('..'))).toEqual(['a']);
  });

  it('gets what is unpacked and filled in, and what it makes is validated', async () => {
    await using scene = await createScene(
      shell('cat "$1/app.json" > "$2/main.json"; echo "$REHUP_HASH" > "$2/hash"'),
      { 'app.json.gz': gzipSync('{"a": $(A)}') },
      {
        A: '1',
        REHUP_GUNZIP: '*.gz',
        REHUP_EXPAND: '*.json',
        REHUP_VALIDATE: '*.json=json',
        REHUP_REQUIRE_KEYS: 'main.json',
        // Which keys of the source count is nothing to what is made of them.
        REHUP_INCLUDE: '*.gz',
      },
    );
    await scene.rehup.line({ msg: 'published' });
    expect(scene.read('main.json')).toBe('{"a": 1}');
    expect(scene.read('hash')).toMatch(/^[0-9a-f]{64}\n$/);
    await scene.volume.write({ 'app.json.gz': gzipSync('{"a": ') });
    const held = await scene.rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(/^.*\/published\/main\.json, line 1.*; the app keeps/);
    expect(held.remedy).toBe(
      'correct the content, or the program of REHUP_RENDER, which made this of it',
    );
    expect(scene.read('main.json')).toBe('{"a": 1}');
  });

  it('keeps what it fails with from the app, and leaves nothing behind', async () => {
    const script = 'grep -q good "$1/a" || { echo "a: not good" >&2; exit 3; }; cp "$1/a" "$2/"';
    await using scene = await createScene(shell(script), { a: 'good' });
    await scene.rehup.line({ msg: 'published' });
    await scene.volume.write({ a: 'bad' });
    const held = await scene.rehup.line({ msg: 'held', outcome: 'held' });
    expect(held.reason).toBe(
      '/bin/sh (REHUP_RENDER) made nothing of the content: it ended with exit code 3; the app keeps what is published, also after a restart',
    );
    const output = scene.rehup.all({ msg: 'command output' });
    expect(output.map((line) => (line as { text?: string }).text)).toEqual(['a: not good']);
    expect(scene.read('a')).toBe('good');
    expect(scene.own()).toHaveLength(1);
    await scene.volume.write({ a: 'good again' });
    await scene.rehup.line({ msg: 'published', changed: ['a'] });
    expect(scene.read('a')).toBe('good again');
  });

  it('holds the first content where it fails, whatever REHUP_FIRST says', async () => {
    const script = 'cp "$1/a" "$2/b"; exit 1';
    await using scene = await createScene(shell(script), { a: 'x' }, { REHUP_FIRST: 'publish' });
    const held = await scene.rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(/nothing is published yet, and rehup is not ready$/);
    expect(readdirSync(scene.published).filter((name) => name !== '..rehup.json')).toEqual([]);
  });

  it.each([
    ['nothing', ':', 'it wrote nothing into the directory for its output'],
    ['an empty directory', 'mkdir "$2/a"', 'it wrote nothing into the directory for its output'],
    ['a link', 'ln -s /etc/passwd "$2/a"', 'it wrote a, which is a link'],
    ['a link to its input', 'ln -s "$1" "$2/d"', 'it wrote d, which is a link'],
    ['a second name of a file', 'ln "$BESIDE/a" "$2/a"', 'it wrote a, which is a link'],
    ['a pipe', 'echo > "$2/b"; mkfifo "$2/a"', 'it wrote a, which is no file'],
    [
      'a name of the writer',
      'echo > "$2/..data"',
      "it wrote ..data: the name must not start with '..'",
    ],
    [
      'a name in another encoding',
      `echo > "$2/$(printf 'a\\377')"`,
      'it wrote a name that is no UTF-8',
    ],
  ])('must not write %s', async (_, script, reason) => {
    const both = `echo x > "$BESIDE/a"; if grep -q bad "$1/a"; then ${script}; else cp "$1/a" "$2/a"; fi`;
    await using scene = await createScene(shell(both), { a: 'good' });
    await scene.rehup.line({ msg: 'published' });
    await scene.volume.write({ a: 'bad' });
    const held = await scene.rehup.line({ msg: 'held' });
    expect(held.reason).toContain(`made nothing of the content: ${reason};`);
    expect(scene.read('a')).toBe('good');
    expect(scene.own()).toHaveLength(1);
  });

  it('gives the files the modes that they are published with', async () => {
    const script = 'umask 077; mkdir "$2/d"; echo > "$2/d/a"; echo > "$2/b"; chmod 0040 "$2/b"';
    await using scene = await createScene(shell(script), { a: 'x' });
    await scene.rehup.line({ msg: 'published' });
    const modeOf = (name: string): number => statSync(join(scene.published, name)).mode & 0o777;
    expect([modeOf('d'), modeOf('d/a'), modeOf('b')]).toEqual([0o755, 0o600, 0o440]);
  });

  it('may write to what it was given, and go on with what it made, and changes nothing of the app’s', async () => {
    const late =
      ':> "$BESIDE/begun"; until [ -e "$BESIDE/go" ]; do sleep 0.05; done; echo late >&9; :> "$BESIDE/gone"';
    const script = `cp "$1/a" "$2/a"; echo more >> "$1/a"; exec 9>> "$2/a"
      setsid sh -c '${late}' > "$BESIDE/log" 2>&1 &
      until [ -e "$BESIDE/begun" ]; do sleep 0.05; done`;
    await using scene = await createScene(shell(script), { a: 'one\n' });
    await scene.rehup.line({ msg: 'published' });
    writeFileSync(join(scene.beside, 'go'), '');
    await waitFor('what was left running to write', () => existsSync(join(scene.beside, 'gone')));
    expect(scene.read('a')).toBe('one\n');
    expect(readFileSync(join(scene.volume.root, 'a'), 'utf8')).toBe('one\n');
  });

  it('has as long as REHUP_TIMEOUT, and is tried again after that', async () => {
    const script =
      'if [ -e "$BESIDE/again" ]; then cp "$1/a" "$2/"; else :> "$BESIDE/again"; sleep 60; fi';
    const env = { REHUP_TIMEOUT: '300ms', REHUP_RETRY_DELAY: '50ms' };
    await using scene = await createScene(shell(script), { a: 'one' }, env);
    const late = await scene.rehup.line({ outcome: 'timed-out' });
    expect(late.reason).toMatch(/^the command \/bin\/sh did not end within 300 ms/);
    await scene.rehup.line({ msg: 'published' });
    expect(scene.read('a')).toBe('one');
  });

  it('is missed where it is not there', async () => {
    await using scene = await createScene('/no/such/program', { a: 'one' });
    const missed = await scene.rehup.line({ outcome: 'rejected' });
    expect(missed).toMatchObject({ check: 'exec-not-found' });
    expect(missed.remedy).toContain('REHUP_RENDER');
  });

  it('is another one for each rule', async () => {
    await using volume = await createKubeletVolume();
    await using dir = await createTempDir();
    await volume.write({ a: 'one' });
    const rule = (name: string): object => ({
      name,
      watch: volume.root,
      publish: join(dir.path, name),
      action: 'none',
      target: 'name:nobody-has-this-name',
      render: ['/bin/sh', '-euc', `cp "$1/a" "$2/${name}"`, 'sh'],
    });
    const config = join(dir.path, 'rehup.yaml');
    writeFileSync(config, JSON.stringify({ rules: [rule('left'), rule('right')] }));
    await using rehup = await startRehup({ env: { REHUP_CONFIG: config } });
    await rehup.line({ msg: 'published', rule: 'left' });
    await rehup.line({ msg: 'published', rule: 'right' });
    expect(readFileSync(join(dir.path, 'left', 'left'), 'utf8')).toBe('one');
    expect(readFileSync(join(dir.path, 'right', 'right'), 'utf8')).toBe('one');
  });

  it('leaves nothing where rehup is killed while it runs', async () => {
    const script = 'cp "$1/a" "$2/a"; if grep -q slow "$1/a"; then :> "$BESIDE/slow"; sleep 60; fi';
    await using scene = await createScene(shell(script), { a: 'one' });
    await scene.rehup.line({ msg: 'published' });
    await scene.volume.write({ a: 'slow' });
    await waitFor('the program to run', () => existsSync(join(scene.beside, 'slow')));
    scene.rehup.kill('SIGKILL');
    await scene.rehup.exited;
    expect(scene.own()).toHaveLength(3);
    await scene.volume.write({ a: 'two' });
    await using next = await startRehup({
      env: {
        ...ALONE,
        REHUP_WATCH: scene.volume.root,
        REHUP_PUBLISH: scene.published,
        REHUP_RENDER: shell(script),
        BESIDE: scene.beside,
      },
    });
    await next.line({ msg: 'published' });
    expect(scene.read('a')).toBe('two');
    expect(scene.own().length).toBeLessThanOrEqual(2);
  });
});
