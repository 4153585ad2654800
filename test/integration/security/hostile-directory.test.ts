// Who may write to a watched directory can make the app reload, and nothing else.
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { createCanary } from '../../support/canary.ts';
import { createHttpApp, type HttpApp } from '../../support/http-app.ts';
import { startLineProcess } from '../../support/line-process.ts';
import { findSteering, HOSTILE_NAME } from '../../support/plain-output.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { type Rehup, rehupCommand, startRehup } from '../../support/start-rehup.ts';
import { createTempDir, type TempDir } from '../../support/temp-dir.ts';

interface Scene extends AsyncDisposable {
  readonly dir: string;
  readonly app: HttpApp;
  readonly rehup: Rehup;
}

type Env = Readonly<Record<string, string>>;

/** A plain directory with `app.conf`, which others write to, and an app behind HTTP. */
async function createScene(env: Env = {}): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const { path: dir } = stack.use(await createTempDir('hostile-'));
  // Which knows how to remove paths that are too long.
  stack.defer(() => void execaSync('rm', ['-rf', dir]));
  writeFileSync(join(dir, 'app.conf'), 'one');
  const app = stack.use(await createHttpApp());
  const rehup = stack.use(
    await startRehup({
      env: { REHUP_WATCH: dir, REHUP_URL: app.url, REHUP_POLL: '200ms', ...env },
    }),
  );
  await rehup.line({ msg: 'watching' });
  await rehup.line({ msg: 'reloaded' });
  app.forget();
  const owned = stack.move();
  return { dir, app, rehup, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** rehup still sees an update in this directory. */
async function expectReload({ dir, rehup }: Pick<Scene, 'dir' | 'rehup'>): Promise<void> {
  writeFileSync(join(dir, 'later'), 'x');
  await rehup.line({ msg: 'reloaded', added: ['later'] });
}

const longest = 'ä'.repeat(127) + 'x';
const hostileNames = [HOSTILE_NAME, '__proto__', 'constructor', longest, '-rf', '{{hash}}', '%00'];

function writeHostileNames(dir: string): void {
  for (const name of hostileNames) writeFileSync(join(dir, name), createCanary('content'));
  const invalid = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0xc3, 0x28])]);
  writeFileSync(invalid, createCanary('content'));
}

const shownNames = [...hostileNames, String.raw`\xff\xc3(`].toSorted();

const LONG = { timeout: 300_000 };

describe('hostile names of files', () => {
  it('are text in the log, in pages, in commands, in headers and in bodies', async () => {
    await using state = await createTempDir();
    const where = { REHUP_STATE_DIR: state.path, REHUP_LISTEN: '127.0.0.1:0' };
    await using scene = await createScene({
      ...where,
      REHUP_SETTLE: '1s',
      REHUP_HEADER: 'X-Added: {{added}}\nX-Change: {{change}}',
      REHUP_BODY: '{{change}}',
    });
    // It sees all of them at once.
    scene.rehup.kill('SIGSTOP');
    writeHostileNames(scene.dir);
    scene.rehup.kill('SIGCONT');
    const { added = [] } = await scene.rehup.line({ msg: 'reloaded' });
    expect(added).toEqual(shownNames);

    const [request] = scene.app.requests;
    const paths = shownNames.map((name) => join(scene.dir, name));
    expect(JSON.parse(String(request?.headers['x-added']))).toEqual(paths);
    expect(request?.headers).not.toHaveProperty('x-injected');
    const change = { added: shownNames, changed: [], removed: [] };
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ mounts: { [scene.dir]: change } });

    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    const status = await (await fetch(`http://127.0.0.1:${port}/status`)).text();
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(findSteering(status + metrics)).toEqual([]);
    expect(status).toContain('X-Injected');
    for (const argv of [['status'], ['status', '--output', 'text'], ['trigger']]) {
      const { stdout, stderr, exitCode } = await runRehup(argv, { ...where, REHUP_LISTEN: 'off' });
      expect({ argv, steering: findSteering(stdout + stderr), exitCode }).toEqual({
        argv,
        steering: [],
        exitCode: 0,
      });
    }
  });

  it.for(['json', 'pretty'] as const)('do nothing to a terminal in the %s log', async (format) => {
    await using dir = await createTempDir();
    writeHostileNames(dir.path);
    await using app = await createHttpApp();
    await using rehup = await startLineProcess(rehupCommand(), {
      env: {
        REHUP_WATCH: dir.path,
        REHUP_URL: app.url,
        REHUP_LOG_FORMAT: format,
        REHUP_LISTEN: 'off',
        REHUP_POLL: '200ms',
      },
    });
    await rehup.line(/reloaded/);
    writeFileSync(join(dir.path, HOSTILE_NAME), 'two');
    await rehup.line(/X-Injected/);
    await app.seen(2);
    rehup.kill('SIGTERM');
    await rehup.exited;
    expect(findSteering(rehup.lines.join('\n'))).toEqual([]);
    // Each line of JSON is one line, and the name comes back from it as it was.
    const said = format === 'json' ? rehup.lines.map((line) => JSON.parse(line) as object) : [];
    const named = said.filter((line) => 'changed' in line && format === 'json');
    expect(named).toHaveLength(format === 'json' ? 2 : 0);
    for (const line of named) expect(line).toMatchObject({ changed: [HOSTILE_NAME] });
  });
});

function makePipe(path: string): void {
  execaSync('mkfifo', [path]);
}

/** A path longer than the system takes, put together of two that are not. */
function makeDeep(dir: string): void {
  const [top, ...rest] = Array.from({ length: 12 }, () => 'd'.repeat(250));
  const [one, other] = ['one', 'other'].map((name) => join(dir, name, top ?? '', ...rest));
  mkdirSync(one ?? '', { recursive: true });
  mkdirSync(other ?? '', { recursive: true });
  renameSync(join(dir, 'other'), join(one ?? '', 'other'));
}

describe('a hostile entry', () => {
  it.for<[string, (dir: string) => void]>([
    ['a link to itself', (dir) => symlinkSync('self', join(dir, 'self'))],
    [
      'two links to each other',
      (dir) => {
        symlinkSync('two', join(dir, 'first'));
        symlinkSync('first', join(dir, 'two'));
      },
    ],
    ['a link to its own directory', (dir) => symlinkSync('.', join(dir, 'again'))],
    ['a link to nothing', (dir) => symlinkSync('/nowhere', join(dir, 'gone'))],
    ['a link to a device without an end', (dir) => symlinkSync('/dev/zero', join(dir, 'zero'))],
    ['a link to a terminal', (dir) => symlinkSync('/dev/ptmx', join(dir, 'terminal'))],
    ['a pipe that nobody writes to', (dir) => makePipe(join(dir, 'pipe'))],
    ['a path that is too long', makeDeep],
  ])('is passed over: %s', async ([, make]) => {
    await using scene = await createScene();
    make(scene.dir);
    await expectReload(scene);
    // An edit in place below it is found by the poll alone.
    mkdirSync(join(scene.dir, 'sub'));
    writeFileSync(join(scene.dir, 'sub/key'), '1');
    await scene.rehup.line({ msg: 'reloaded', added: ['sub/key'] });
    writeFileSync(join(scene.dir, 'sub/key'), '22');
    await scene.rehup.line({ msg: 'reloaded', changed: ['sub/key'] });
    expect(scene.rehup.all({ level: 'warn', msg: 'mount cannot be read' })).toEqual([]);
  });

  it('does not hold rehup up where it takes the place of a key: a pipe', async () => {
    await using scene = await createScene();
    makePipe(join(scene.dir, 'pipe'));
    renameSync(join(scene.dir, 'pipe'), join(scene.dir, 'app.conf'));
    const { removed } = await scene.rehup.line({ msg: 'reloaded' });
    expect(removed).toEqual(['app.conf']);
  });

  // A hundred thousand entries are walked by each look: seconds, or more on a busy machine.
  it('is refused where its links lead to more paths than can be walked', LONG, async () => {
    await using scene = await createScene();
    const bomb = join(scene.dir, 'bomb');
    const names = Array.from({ length: 12 }, (_, index) => `d${index}`);
    for (const name of names) mkdirSync(join(bomb, name), { recursive: true });
    for (const from of names) {
      for (const to of names) if (from !== to) symlinkSync(`../${to}`, join(bomb, from, to));
    }
    const waiting = { deadlineMs: LONG.timeout };
    const problem = await scene.rehup.line({ msg: 'mount cannot be read' }, waiting);
    expect(problem.reason).toBe(`${scene.dir} cannot be read: it holds more than 100000 files`);
    expect(problem.remedy).toContain('REHUP_WATCH');
    rmSync(bomb, { recursive: true });
    await scene.rehup.line({ msg: 'mount can be read again' }, waiting);
    await expectReload(scene);
  });
});

describe('a huge file', () => {
  it('of 1 TiB is compared by size and time of writing', async () => {
    await using scene = await createScene();
    const path = join(scene.dir, 'huge');
    writeFileSync(path, 'x');
    await scene.rehup.line({ msg: 'reloaded', added: ['huge'] });
    truncateSync(path, 2 ** 40);
    await scene.rehup.line({ msg: 'reloaded', changed: ['huge'] });
    truncateSync(path, 2 ** 40 - 1);
    await scene.rehup.line({ msg: 'reloaded', changed: ['huge'] });
    await expectReload(scene);
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('that tells no size is left after 64 MiB', async () => {
    await using scene = await createScene();
    // Eight bytes for each page that a process could ever have: terabytes.
    symlinkSync('/proc/self/pagemap', join(scene.dir, 'endless'));
    await scene.rehup.line({ msg: 'reloaded', added: ['endless'] });
    await expectReload(scene);
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('does not take part in the memory of rehup', async () => {
    await using scene = await createScene();
    const before = readPeak(scene.rehup.pid);
    writeFileSync(join(scene.dir, 'large'), '');
    truncateSync(join(scene.dir, 'large'), 64 * 1024 * 1024);
    await scene.rehup.line({ msg: 'reloaded', added: ['large'] });
    expect(readPeak(scene.rehup.pid) - before).toBeLessThan(48 * 1024);
  });
});

/** The most that a process has had in memory, in KiB. */
function readPeak(pid: number): number {
  const [, peak = ''] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(peak);
}

describe('a directory with 100 000 files', () => {
  it('is read, and an edit in it is seen', { timeout: 600_000 }, async () => {
    await using dir = await createTempDir('many-');
    fill(dir, 100_000);
    await using app = await createHttpApp();
    await using rehup = await startRehup({
      env: { REHUP_WATCH: dir.path, REHUP_URL: app.url, REHUP_POLL: '30s' },
    });
    const patience = { deadlineMs: 300_000 };
    await rehup.line({ msg: 'reloaded' }, patience);
    renameSync(join(dir.path, 'file-7'), join(dir.path, 'other'));
    const { added, removed } = await rehup.line({ msg: 'reloaded' }, patience);
    expect({ added, removed }).toEqual({ added: ['other'], removed: ['file-7'] });
    expect(await rehup.stop()).toBe(0);
  });
});

/** Many names of few files: that is quick to make. */
function fill({ path }: TempDir, count: number): void {
  const NAMES = 10_000;
  for (let index = 0; index < count; index += 1) {
    const first = join(path, `file-${index - (index % NAMES)}`);
    if (index % NAMES === 0) writeFileSync(first, `${index}`);
    else linkSync(first, join(path, `file-${index}`));
  }
}

describe('a watched path', () => {
  it.for([
    ['/dev/zero', 'it is not a regular file'],
    ['/dev/ptmx', 'it is not a regular file'],
  ] as const)('that leads to %s is refused', async ([target, what]) => {
    await using dir = await createTempDir();
    await using app = await createHttpApp();
    const link = join(dir.path, 'current');
    symlinkSync(target, link);
    await using rehup = await startRehup({
      env: { REHUP_WATCH: link, REHUP_URL: app.url, REHUP_POLL: '200ms' },
    });
    const problem = await rehup.line({ msg: 'mount cannot be read' });
    expect(problem.reason).toBe(`${link} cannot be read: ${what}`);
    mkdirSync(join(dir.path, 'v1'));
    writeFileSync(join(dir.path, 'v1/app.conf'), '1');
    symlinkSync('v1', join(dir.path, 'next'));
    renameSync(join(dir.path, 'next'), link);
    expect((await rehup.line({ msg: 'reloaded' })).added).toEqual(['app.conf']);
  });
});
