import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../../src/config/parse.ts';
import { filterByCommandLine, hasName } from '../../../../src/sidecar/target/matcher.ts';
import { formatTargetSpec } from '../../../../src/config/target-spec.ts';
import { buildProcess } from '../../../support/process-builder.ts';

describe('a process bears a name', () => {
  it.each<{ name: string; comm: string; argv: string[]; bears: boolean; because: string }>([
    {
      name: 'nginx',
      comm: 'nginx',
      argv: ['nginx: master process nginx -g daemon off;'],
      bears: true,
      because: 'the kernel says so',
    },
    {
      name: 'ngin',
      comm: 'nginx',
      argv: ['nginx'],
      bears: false,
      because: 'a beginning is not the name',
    },
    {
      name: 'nginx',
      comm: 'ngin',
      argv: ['ngin'],
      bears: false,
      because: 'a name is not a beginning',
    },
    {
      name: 'postgres',
      comm: 'postgres',
      argv: [],
      bears: true,
      because: 'a command line is not needed',
    },
    {
      name: 'a-name-of-15-by',
      comm: 'a-name-of-15-by',
      argv: ['x'],
      bears: true,
      because: 'the kernel keeps 15 characters',
    },
    {
      name: 'prometheus-operator',
      comm: 'prometheus-oper',
      argv: ['/bin/prometheus-operator', '--x'],
      bears: true,
      because: 'the program is named so, and the kernel cut the name off',
    },
    {
      name: 'prometheus-operator',
      comm: 'prometheus-oper',
      argv: ['/bin/prometheus-opera'],
      bears: false,
      because: 'another program has the same beginning',
    },
    {
      name: 'prometheus-operator',
      comm: 'prometheus-oper',
      argv: [],
      bears: false,
      because: 'nothing tells the rest of the name',
    },
    {
      name: 'prometheus-operator',
      comm: 'prometheus-oper',
      argv: ['python3', '/app/prometheus-operator'],
      bears: true,
      because: 'it is a script',
    },
    {
      name: 'prometheus-operator',
      comm: 'sh',
      argv: ['sh', '/app/prometheus-operator'],
      bears: false,
      because: 'it is only an argument',
    },
    {
      name: 'long-running-worker',
      comm: 'long-running-wo',
      argv: ['long-running-worker: serving'],
      bears: true,
      because: 'it wrote its state over its command line',
    },
    {
      name: 'node',
      comm: 'node-MainThread',
      argv: ['/usr/local/bin/node', 'server.js'],
      bears: true,
      because: 'Node.js renames its main thread',
    },
    {
      name: 'node-MainThread',
      comm: 'node-MainThread',
      argv: ['node', 'server.js'],
      bears: true,
      because: 'the kernel says so',
    },
    {
      name: 'gunicorn',
      comm: 'gunicorn: maste',
      argv: ['gunicorn: master [app]'],
      bears: true,
      because: 'it renamed itself on the command line, too',
    },
    {
      name: 'server.js',
      comm: 'node-MainThread',
      argv: ['node', '/app/server.js'],
      bears: false,
      because: 'it is only an argument',
    },
  ])('$name: $bears, since $because', ({ name, comm, argv, bears }) => {
    expect(hasName(buildProcess({ pid: 7, comm, argv }), name)).toBe(bears);
  });
});

describe('a command line matches', () => {
  const process = buildProcess({ pid: 7, argv: ['java', '-jar', '/app/my app.jar', '--port=80'] });

  it.each([
    [/java .*my app\.jar/, true],
    [/^java/, true],
    [/--port=80$/, true],
    [/python/, false],
  ])('%s: %s', (pattern, matches) => {
    expect(filterByCommandLine([process], pattern)).toEqual(matches ? [process] : []);
  });

  it('never, where there is none: not even with a pattern that matches anything', () => {
    expect(filterByCommandLine([buildProcess({ pid: 7, argv: [] })], /.*/)).toEqual([]);
  });
});

describe('formatTargetSpec', () => {
  it.each(['auto', 'container:app', 'name:nginx', 'cmdline:^java .*app', 'pidfile:/run/app.pid'])(
    'writes %j as the user wrote it',
    (written) => {
      expect(formatTargetSpec(parseTarget(written))).toBe(written);
    },
  );
});
