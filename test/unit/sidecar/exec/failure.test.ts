import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../../src/sidecar/exec/failure.ts';
import type { RunResult } from '../../../../src/sidecar/exec/run.ts';

const input = {
  command: ['/opt/reload', '--token=hunter2'],
  variable: 'REHUP_EXEC',
  timeoutMs: 10_000,
} as const;

describe('toFailure', () => {
  it('is none for exit code 0', () => {
    expect(toFailure({ kind: 'exited', code: 0 }, input)).toBeUndefined();
  });

  it.each<[result: RunResult, outcome: string, reason: string, remedy: RegExp]>([
    [
      { kind: 'exited', code: 3 },
      'rejected',
      'the command /opt/reload ended with exit code 3',
      /"command output"/,
    ],
    [
      { kind: 'killed', signal: 'SIGSEGV' },
      'rejected',
      'the command /opt/reload was killed by SIGSEGV',
      /"command output"/,
    ],
    [
      { kind: 'timed-out' },
      'timed-out',
      'the command /opt/reload did not end within 10000 ms, and was killed with all it had started',
      /REHUP_TIMEOUT/,
    ],
    [
      { kind: 'not-started', code: 'ENOENT' },
      'rejected',
      'the command /opt/reload cannot be started: there is no such program in the rehup container (ENOENT)',
      /^the rehup image has no shell and no tools: mount the program .* in REHUP_EXEC/,
    ],
    [
      { kind: 'not-started', code: 'EACCES' },
      'rejected',
      'the command /opt/reload cannot be started: it is not executable for rehup (EACCES)',
      /defaultMode: 0555/,
    ],
    [
      { kind: 'not-started', code: 'ENOEXEC' },
      'rejected',
      'the command /opt/reload cannot be started: it is neither a program for this machine nor a script with a #! line (ENOEXEC)',
      /architecture/,
    ],
    [
      { kind: 'not-started', code: 'E2BIG' },
      'rejected',
      'the command /opt/reload cannot be started: its arguments and environment are too long (E2BIG)',
      /REHUP_INCLUDE/,
    ],
    [
      { kind: 'not-started', code: 'EMFILE' },
      'rejected',
      'the command /opt/reload cannot be started: rehup has run out of files, processes or memory for the moment (EMFILE)',
      /RLIMIT_NOFILE/,
    ],
  ])('says what %j means, without the arguments', (result, outcome, reason, remedy) => {
    const failure = toFailure(result, input);
    expect(failure).toMatchObject({ outcome, reason });
    expect(failure?.remedy).toMatch(remedy);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });
});
