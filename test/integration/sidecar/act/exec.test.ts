import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProcessTable } from '../../../../src/sidecar/target/processes.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { runExec, script } from './exec-scene.ts';

const echo = script(`
  import { text } from 'node:stream/consumers';
  const { REHUP_CHANGED, REHUP_ADDED, REHUP_REMOVED, REHUP_HASH, REHUP_TARGET_PID, MARK } = process.env;
  const env = { REHUP_CHANGED, REHUP_ADDED, REHUP_REMOVED, REHUP_HASH, REHUP_TARGET_PID, MARK };
  console.log(JSON.stringify({ env, stdin: JSON.parse(await text(process.stdin)) }));
`);

describe('the exec action', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('gives the change to the program in its environment and on stdin', async () => {
    vi.stubEnv('MARK', 'inherited');
    const self = createProcessTable().read(process.pid);
    const change = { added: ['new.conf'], changed: ['app.conf', 'sub/b'], removed: ['old.conf'] };
    const { failure, text } = await runExec(echo, {
      request: {
        hash: 'abc',
        changes: new Map([['/etc/app', change]]),
        targets: self ? [self] : [],
      },
    });
    expect(failure).toBeUndefined();
    expect(JSON.parse(text)).toEqual({
      env: {
        REHUP_CHANGED: '/etc/app/app.conf\n/etc/app/sub/b',
        REHUP_ADDED: '/etc/app/new.conf',
        REHUP_REMOVED: '/etc/app/old.conf',
        REHUP_HASH: 'abc',
        REHUP_TARGET_PID: `${process.pid}`,
        MARK: 'inherited',
      },
      stdin: { hash: 'abc', mounts: { '/etc/app': change } },
    });
  });

  it('names a watched file by its own path', async () => {
    await using directory = await createTempDir();
    const file = join(directory.path, 'app.conf');
    writeFileSync(file, '');
    const changes = new Map([[file, { added: [], changed: ['app.conf'], removed: [] }]]);
    const { text } = await runExec(echo, { request: { changes } });
    expect(JSON.parse(text)).toMatchObject({ env: { REHUP_CHANGED: file } });
  });

  it('keeps the options of its own Node to itself', async () => {
    vi.stubEnv('NODE_OPTIONS', '--no-such-option');
    expect((await runExec(script('console.log(1)'))).failure).toBeUndefined();
  });

  it('does not mind a program that leaves its stdin unread', async () => {
    const added = Array.from({ length: 20_000 }, (_, index) => `key-${index}-${'x'.repeat(50)}`);
    const changes = new Map([['/etc/app', { added, changed: [], removed: [] }]]);
    const { failure } = await runExec(script('process.exit(0)'), { request: { changes } });
    expect(failure).toBeUndefined();
  });

  it('fails with the exit code, and passes the output on', async () => {
    const { failure, lines } = await runExec(
      script(`console.log('trying'); console.error('no'); process.exitCode = 3;`),
    );
    expect(failure).toMatchObject({
      outcome: 'rejected',
      reason: `the command ${process.execPath} ended with exit code 3`,
    });
    expect(lines).toContainEqual({ stream: 'stdout', text: 'trying' });
    expect(lines).toContainEqual({ stream: 'stderr', text: 'no' });
  });

  it('fails with the signal that killed the program', async () => {
    const { failure } = await runExec(script(`process.kill(process.pid, 'SIGKILL')`));
    expect(failure).toMatchObject({
      outcome: 'rejected',
      reason: `the command ${process.execPath} was killed by SIGKILL`,
    });
  });

  it('bounds the output, and says how much was left out', async () => {
    const { failure, lines } = await runExec(
      script(`
        process.stdout.write('z'.repeat(3_000_000) + '\\n');
        for (let line = 0; line < 50_000; line += 1) process.stdout.write('line ' + line + '\\n');
      `),
    );
    expect(failure).toBeUndefined();
    expect(lines).toHaveLength(101);
    expect(lines[0]?.text).toBe(`${'z'.repeat(999)}…`);
    expect(lines.at(-1)).toEqual({ stream: 'rehup', text: '49901 more lines left out' });
  });

  it.each(['/no/such/program', 'no-such-program'])('says that %s is not there', async (program) => {
    const { failure } = await runExec([program]);
    expect(failure).toMatchObject({
      outcome: 'rejected',
      reason: `the command ${program} cannot be started: there is no such program in the rehup container (ENOENT)`,
      remedy: expect.stringContaining('the rehup image has no shell') as string,
    });
  });

  it('says that a file is not executable', async () => {
    await using directory = await createTempDir();
    const file = join(directory.path, 'reload');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
    expect((await runExec([file])).failure).toMatchObject({
      outcome: 'rejected',
      reason: `the command ${file} cannot be started: it is not executable for rehup (EACCES)`,
      remedy: expect.stringContaining('defaultMode: 0555') as string,
    });
  });

  it('says that the interpreter of a script is missing', async () => {
    await using directory = await createTempDir();
    const file = join(directory.path, 'reload');
    writeFileSync(file, '#!/no/such/shell\n');
    chmodSync(file, 0o755);
    expect((await runExec([file])).failure).toMatchObject({
      outcome: 'rejected',
      reason: `the command ${file} cannot be started: it is there, but not the program that runs it: the one in its #! line, or its dynamic loader (ENOENT)`,
    });
  });

  it('starts nothing once rehup is stopping', async () => {
    await using directory = await createTempDir();
    const file = join(directory.path, 'started');
    const reason = new Error('stopping');
    const run = runExec(['touch', file], { signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toBe(reason);
  });
});
