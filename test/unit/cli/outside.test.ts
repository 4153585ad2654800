import { describe, expect, it } from 'vitest';
import { type CliResult, parseCommandLine } from '../../../src/cli/program.ts';

function parse(...argv: readonly string[]): { result: CliResult; text: string } {
  let text = '';
  const add = (piece: string): void => {
    text += piece;
  };
  return { result: parseCommandLine(argv, { out: add, error: add }, '1'), text };
}

describe('status, doctor and trigger', () => {
  it.each([
    ['status'],
    ['doctor'],
    ['trigger'],
    ['status', '--output', 'json'],
    ['status', '--watch', '/etc/app'],
    ['status', '--watch=auto', '--listen=:1'],
    ['trigger', '--state-dir', '/state', '-n', 'web'],
  ])('are about this pod where none is named: %s %s %s', (...argv) => {
    expect(parse(...argv.filter(Boolean)).result).toMatchObject({ command: argv[0] });
  });

  it.each([
    ['status', 'app-0'],
    ['doctor', 'deployment/app', '-n', 'web'],
    ['trigger', 'sts/db', '--context', 'prod', '--listen', ':9600'],
    ['status', '-l', 'app=web', '-A'],
    ['status', 'deployment/app', '--watch'],
    ['status', '--watch', 'deployment/app'],
    ['status', '-w', 'app-0'],
    ['doctor', 'app-0', '-c', 'reloader', '-o', 'json'],
  ])('are run from outside where pods are named: %s %s %s %s', (...argv) => {
    expect(parse(...argv).result).toMatchObject({ command: 'tool' });
  });

  it('hand the flags of a sidecar on as they are written, and none of kubectl', () => {
    const { result } = parse('trigger', '--listen', ':9600', '--namespace', 'web');
    expect(result).toEqual({ command: 'trigger', flags: { listen: ':9600' } });
  });
});

describe('apply, sync and wait', () => {
  it.each([
    ['apply', '-f', 'a.yaml', '-f', 'b.yaml', 'deployment/app'],
    ['sync', 'deployment/app'],
    ['sync', '-l', 'app=web', '-A'],
    ['wait', 'sts/db', '--for', 'reloaded', '--since', '5m'],
  ])('are commands: %s %s', (...argv) => {
    expect(parse(...argv).result).toMatchObject({ command: 'tool' });
  });

  it.each([
    [['apply', 'deployment/app'], "required option '-f, --filename <file>'"],
    [['apply', '-f', 'a.yaml'], "missing required argument 'workload'"],
    [['sync'], 'name a workload, a pod, or labels'],
    [['wait', '-n', 'web'], 'name a workload, a pod, or labels'],
    [['wait', 'deploy/app', '--timeout', 'soon'], 'is not a duration'],
  ])('refuse %j', (argv, said) => {
    const { result, text } = parse(...argv);
    expect(result).toEqual({ command: 'none', usageError: true });
    expect(text).toContain(said);
  });
});
