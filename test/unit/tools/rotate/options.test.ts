import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../src/system/errors.ts';
import { parseCommand, type RotateFlags } from '../../../../src/tools/rotate/options.ts';

const defaults = { keep: 10, timeout: 300_000, survive: 10_000 };

function parse(workload: string | undefined, flags: Partial<RotateFlags>) {
  return parseCommand(workload, { ...defaults, ...flags });
}

function refusals(workload: string | undefined, flags: Partial<RotateFlags>): string[] {
  try {
    parse(workload, flags);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ option, reason }) => `${option} ${reason}`);
  }
}

const configmap = 'app-config';

describe('the command line of rotate', () => {
  it('waits, keeps ten, and takes what is in the cluster, if nothing is said', () => {
    expect(parse('deploy/app', { configmap })).toMatchObject({
      mode: 'rotate',
      family: { kind: 'ConfigMap', base: configmap },
      reference: { kind: 'Deployment', name: 'app' },
      source: { from: 'live' },
      keep: 10,
      dryRun: false,
      diff: false,
      patience: { timeoutMs: 300_000, surviveMs: 10_000 },
    });
  });

  it.each<[Partial<RotateFlags>, object]>([
    [{ fromFile: ['a'] }, { from: 'files', fromFile: ['a'], fromLiteral: [] }],
    [{ fromLiteral: ['a=b'] }, { from: 'files', fromFile: [], fromLiteral: ['a=b'] }],
    [{ filename: '-' }, { from: 'manifest', file: '-' }],
  ])('takes content from %j', (flags, source) => {
    expect(parse('sts/db', { secret: 'db', ...flags })).toMatchObject({
      family: { kind: 'Secret', base: 'db' },
      source,
    });
  });

  it('does not wait if told so', () => {
    expect(parse('ds/app', { configmap, wait: false })).toMatchObject({ patience: undefined });
  });

  it('takes --rollback with and without a name, and before the workload', () => {
    const before = { mode: 'rollback', to: undefined, reference: { name: 'app' } };
    expect(parse('deploy/app', { configmap, rollback: true })).toMatchObject(before);
    expect(parse(undefined, { configmap, rollback: 'deploy/app' })).toMatchObject(before);
    expect(parse('deploy/app', { configmap, rollback: 'x' })).toMatchObject({ to: 'x' });
  });

  it('lists without a workload and without a name', () => {
    const all = { mode: 'list', family: undefined, reference: undefined, output: 'text' };
    expect(parse(undefined, { list: true })).toEqual(all);
    expect(parse('deploy/app', { list: true, configmap, output: 'json' })).toMatchObject({
      family: { base: configmap },
      reference: { name: 'app' },
      output: 'json',
    });
  });

  it.each<[string | undefined, Partial<RotateFlags>, string[]]>([
    [undefined, {}, ['--configmap or --secret has to be given', 'WORKLOAD has to be given']],
    ['app', { configmap }, ['WORKLOAD names no workload']],
    ['job/app', { configmap }, ['WORKLOAD names no workload']],
    ['deploy/app', { configmap, secret: 'x' }, ['--secret cannot be used with --configmap']],
    ['deploy/app', { configmap: 'App' }, ['--configmap is not a name of a ConfigMap']],
    ['deploy/app', { secret: 'a'.repeat(250) }, ['--secret has 250 characters']],
    [
      'deploy/app',
      { configmap, filename: 'x', fromFile: ['y'], fromLiteral: ['z=1'] },
      ['--from-file cannot be used with -f', '--from-literal cannot be used with -f'],
    ],
    [
      'deploy/app',
      { configmap, rollback: true, fromFile: ['y'] },
      ['--from-file cannot be used with --rollback'],
    ],
    [
      undefined,
      { list: true, rollback: true, diff: true },
      ['--rollback cannot be used with --list', '--diff cannot be used with --list'],
    ],
    ['deploy/app', { configmap, output: 'json' }, ['--output goes with --list only']],
  ])('of %s with %j is refused', (workload, flags, reasons) => {
    const found = refusals(workload, flags);
    expect(found).toHaveLength(reasons.length);
    for (const [index, reason] of reasons.entries()) expect(found[index]).toContain(reason);
  });
});
