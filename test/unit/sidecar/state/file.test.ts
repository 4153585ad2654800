import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import type { HeldSignals } from '../../../../src/sidecar/rule/held-signal.ts';
import { createSnapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { openMemory, type StateProblem } from '../../../../src/sidecar/state/file.ts';
import { createCanary } from '../../../support/canary.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const NAME = 'rehup-state.json';
const one = new Map([['/etc/app', createSnapshot(new Map([['a', 'b'.repeat(64)]]), 0)]]);
const hash = one.get('/etc/app')?.hash;
const remembered = { mounts: { '/etc/app': hash }, targets: ['30@1000'] };

function open(directory: string): {
  memory: ReturnType<typeof openMemory>;
  problems: StateProblem[];
} {
  const problems: StateProblem[] = [];
  return { memory: openMemory(directory, (problem) => problems.push(problem)), problems };
}

/** What a link may lead to: no JSON, and nothing that may be shown. */
function secretFile(path: string): string {
  writeFileSync(`${path}.secret`, createCanary('state'));
  return `${path}.secret`;
}

/** A state that would be believed if its rights were right. */
function makeReadable(path: string, mode: number): void {
  writeFileSync(path, JSON.stringify({ format: 1, applied: { web: { '/etc/app': hash } } }));
  chmodSync(path, mode);
}

describe('the state file', () => {
  it('recalls in the next run what was remembered in the last', async () => {
    await using folder = await createTempDir();
    open(folder.path).memory.remember('web', one, ['30@1000']);
    const { memory, problems } = open(folder.path);
    expect(memory.recall('web')).toEqual(remembered);
    expect(memory.recall('other')).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('of an earlier version is read, too, which did not write down who has the content', async () => {
    await using folder = await createTempDir();
    writeFileSync(
      join(folder.path, NAME),
      JSON.stringify({ format: 1, applied: { web: { '/etc/app': hash } } }),
      { mode: 0o600 },
    );
    const { memory, problems } = open(folder.path);
    expect(memory.recall('web')).toEqual({ mounts: { '/etc/app': hash }, targets: undefined });
    expect(problems).toEqual([]);
  });

  it('forgets for good', async () => {
    await using folder = await createTempDir();
    const { memory } = open(folder.path);
    memory.remember('web', one, ['30@1000']);
    memory.forget('web');
    expect(open(folder.path).memory.recall('web')).toBeUndefined();
  });

  it('is for its owner only, holds hashes only, and leaves no temporary file', async () => {
    await using folder = await createTempDir();
    open(folder.path).memory.remember('web', one, ['30@1000']);
    expect(readdirSync(folder.path)).toEqual([NAME]);
    expect(statSync(join(folder.path, NAME)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(folder.path, NAME), 'utf8'))).toEqual({
      format: 1,
      applied: { web: { '/etc/app': hash } },
      targets: { web: ['30@1000'] },
      held: {},
    });
  });

  it('keeps which signals have ended the app, whatever else is forgotten', async () => {
    await using folder = await createTempDir();
    const { memory } = open(folder.path);
    const held = [{ container: 'app', signal: 1, hash: 'c'.repeat(64), held: true }];
    memory.hold('web', [{ ...held[0], instance: '1', successor: undefined }] as HeldSignals);
    memory.forget('web');
    expect(open(folder.path).memory.held('web')).toEqual([{ ...held[0], instance: '1' }]);
    expect(open(folder.path).memory.held('other')).toEqual([]);
  });

  it.each([
    ['cut off', '{"format":1,"appl'],
    ['empty', ''],
    ['of another program', '{"version":"3.1"}'],
    ['of a later format', '{"format":2,"applied":{}}'],
    ['with something else for a hash', '{"format":1,"applied":{"web":{"/etc/app":"secret"}}}'],
    ['with something else for who has it', '{"format":1,"applied":{"web":{}},"targets":{"web":1}}'],
    [
      'with something else for a signal',
      '{"format":1,"applied":{},"held":{"web":[{"signal":"HUP"}]}}',
    ],
    ['a list', '[]'],
  ])('that is %s is left out of account, said so once, and replaced', async (_, text) => {
    await using folder = await createTempDir();
    const path = join(folder.path, NAME);
    writeFileSync(path, text, { mode: 0o600 });
    const { memory, problems } = open(folder.path);
    expect(memory.recall('web')).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path });
    expect(problems[0]?.reason).toMatch(/^is left out of account: /);
    expect(problems[0]?.reason).not.toContain('secret');
    memory.remember('web', one, ['30@1000']);
    expect(open(folder.path).memory.recall('web')).toEqual(remembered);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['a link', (path) => symlinkSync(secretFile(path), path), /it is a link/],
    ['a link to nothing', (path) => symlinkSync('nowhere', path), /it is a link/],
    ['a pipe', (path) => void execaSync('mkfifo', [path]), /it is not a regular file/],
    ['a file that others may write', (path) => makeReadable(path, 0o602), /owner alone: others/],
    ['a file that others may read', (path) => makeReadable(path, 0o640), /owner alone: others/],
  ])('that is %s is not read, and replaced', async (_, make, reason) => {
    await using folder = await createTempDir();
    const path = join(folder.path, NAME);
    make(path);
    const { memory, problems } = open(folder.path);
    expect(memory.recall('web')).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.reason).not.toContain('cAnArY');
    memory.remember('web', one, ['30@1000']);
    expect(open(folder.path).memory.recall('web')).toEqual(remembered);
  });

  it.skipIf(process.getuid?.() !== 0)('that another user wrote is not read', async () => {
    await using folder = await createTempDir();
    const path = join(folder.path, NAME);
    makeReadable(path, 0o600);
    chownSync(path, 12_345, 12_345);
    const { memory, problems } = open(folder.path);
    expect(memory.recall('web')).toBeUndefined();
    expect(problems[0]?.reason).toMatch(/another user’s: others may have put it there/);
  });

  it('that cannot be written is a warning with the remedy, and memory goes on in the process', async () => {
    await using folder = await createTempDir();
    const missing = join(folder.path, 'not-mounted');
    const { memory, problems } = open(missing);
    memory.remember('web', one, ['30@1000']);
    memory.remember('web', one, ['30@1000']);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.reason).toBe('cannot be written: ENOENT');
    expect(problems[0]?.remedy).toContain('emptyDir');
    expect(memory.recall('web')).toEqual(remembered);
    expect(existsSync(missing)).toBe(false);
  });

  it('complains again after it could be written in between', async () => {
    await using folder = await createTempDir();
    const { memory, problems } = open(folder.path);
    const blocker = join(folder.path, `${NAME}.tmp`);
    mkdirSync(blocker);
    memory.remember('web', one, ['30@1000']);
    rmdirSync(blocker);
    memory.remember('web', one, ['30@1000']);
    mkdirSync(blocker);
    memory.remember('web', one, ['30@1000']);
    expect(problems.map(({ reason }) => reason)).toEqual([
      'cannot be written: EISDIR',
      'cannot be written: EISDIR',
    ]);
  });
});
