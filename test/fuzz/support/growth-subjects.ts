import { Readable } from 'node:stream';
import { parseConfigFile } from '../../../src/config/file.ts';
import { optionNames, options } from '../../../src/config/options.ts';
import { createOutputReader } from '../../../src/sidecar/exec/output.ts';
import { judge } from '../../../src/sidecar/act/http/answer.ts';
import { parseRetryAfter } from '../../../src/system/retry-after.ts';
import { parseJson, readJsonLines } from '../../../src/kubernetes/body.ts';
import { parseContainerId } from '../../../src/system/proc/cgroup.ts';
import { parseListeners } from '../../../src/system/proc/listeners.ts';
import { parseKubeletRoot, parseMountinfo } from '../../../src/system/proc/mountinfo.ts';
import { parseStat } from '../../../src/system/proc/stat.ts';
import { parseStatus } from '../../../src/system/proc/status.ts';
import { toEnvLines } from '../../../src/sidecar/publish/env-lines.ts';
import { hideOwnAnnotation } from '../../../src/sidecar/snapshot/own-annotation.ts';
import { hasName } from '../../../src/sidecar/target/matcher.ts';
import { findNearMisses } from '../../../src/sidecar/target/near-miss.ts';
import { loadCheck } from '../../../src/sidecar/validate/check/check.ts';
import { buildProcess } from '../../support/process-builder.ts';
import { configFiles } from '../samples/config-file.ts';
import { contentJunk, contents } from '../samples/content.ts';
import { allows, bodies, httpJunk, locations, retryAfters } from '../samples/http.ts';
import { jsonJunk, watchLines } from '../samples/kube.ts';
import { optionJunk, optionSamples } from '../samples/options.ts';
import {
  cgroups,
  cmdlines,
  kubeletRoots,
  mountinfos,
  sockets,
  stats,
  statuses,
} from '../samples/proc.ts';
import type { Pump } from './pumps.ts';

/** A parser, and texts that grow. */
export interface Subject {
  readonly run: (text: string) => unknown;
  readonly pumps: readonly Pump[];
}

const PROC_JUNK = [
  ' ',
  '\t',
  '\n',
  '(',
  ')',
  ':',
  '0',
  'f',
  '/',
  '\\040',
  ' - ',
  '/pods/',
  '\nUid:\t',
  '\0',
];

/** Its parser takes a hundred times as long as the others: not all are tried. */
const YAML_JUNK = ['}', '[', '{a: ', '- ', '\n- ', '&a ', '*a ', '"', '? ', 'a: b\n'];

export const subjects: Readonly<Record<string, Subject>> = {
  mountinfo: subject(parseMountinfo, mountinfos, PROC_JUNK),
  'the root of a mount': subject(parseKubeletRoot, kubeletRoots, PROC_JUNK),
  stat: subject(parseStat, stats, PROC_JUNK),
  status: subject(parseStatus, statuses, PROC_JUNK),
  cgroup: subject(parseContainerId, cgroups, PROC_JUNK),
  sockets: subject(parseListeners, sockets, PROC_JUNK),
  cmdline: subject(lookFor, cmdlines, PROC_JUNK),
  ...Object.fromEntries(
    optionNames.map((name) => [
      `option ${name}`,
      subject((text) => options[name].parse(text), optionSamples[name], [
        ...optionJunk,
        ' ',
        '\n',
        '1',
        'a',
      ]),
    ]),
  ),
  'configuration file': fewer(
    subject(
      (text) => parseConfigFile(text, '/etc/rehup/config.yaml'),
      configFiles.slice(0, 1),
      YAML_JUNK,
    ),
  ),
  'answer, headers': subject(
    judgeHeader,
    [...locations, ...allows],
    [...httpJunk, '/', '@', '%', '[', ','],
  ),
  'answer, body': subject(judgeBody, bodies, [...httpJunk, 'HTTPS']),
  'Retry-After': subject((text) => parseRetryAfter(text, 0), retryAfters, [
    'Mon',
    '(',
    ' ',
    '0',
    ',',
    'GMT',
  ]),
  'watch, JSON': subject(parseJson, watchLines, jsonJunk),
  'watch, lines': subject(
    (text) => readJsonLines(Readable.from([Buffer.from(text)])).next(),
    watchLines,
    ['\n', ' '],
  ),
  'output of a program': subject(
    readOutput,
    ['\u001b[31mred\u001b[0m\n'],
    ['\u001b[', '\u001b]', ';', '\u0007', '\n'],
  ),
  'file of variables': subject(
    (text) => toEnvLines('app.env', Buffer.from(text)),
    ["# comment\nA='1'\nB=two # more\nC='three\nlines'\n"],
    ["\nA='", '\nA=1', ...contentJunk],
  ),
  'own annotation': subject(
    (text) => hideOwnAnnotation(Buffer.from(text)),
    ['a="b"\nrehup.dev/sync="1"\n'],
    ['\nrehup.dev/sync=', '\n', '"'],
  ),
  ...Object.fromEntries(
    await Promise.all(
      (Object.keys(contents) as (keyof typeof contents)[]).map(async (name) => {
        const check = await loadCheck(name);
        const run = (text: string): unknown =>
          check({
            key: 'tls.crt',
            content: Buffer.from(text),
            readOther: () => undefined,
            privateKey: undefined,
            nowMs: 0,
          });
        const samples = contents[name].slice(0, 1);
        return [
          `content, ${name}`,
          name === 'yaml'
            ? fewer(subject(run, samples, YAML_JUNK))
            : subject(run, samples, contentJunk),
        ] as const;
      }),
    ),
  ),
};

/** The texts that end in what fits nowhere. */
function fewer({ run, pumps }: Subject): Subject {
  return { run, pumps: pumps.filter(({ suffix }) => suffix === '!' || suffix === '\0') };
}

/** A refusal is as good as a value. */
function subject(
  run: (text: string) => unknown,
  samples: readonly string[],
  junk: readonly string[],
): Subject {
  const [sample = ''] = samples;
  const at = Math.floor(sample.length / 2);
  const pumps = [...samples, ...junk]
    .filter((pump) => pump !== '')
    .flatMap((pump) => [
      { prefix: '', pump, suffix: '' },
      { prefix: '', pump, suffix: '!' },
      { prefix: '', pump, suffix: `\n${sample}` },
      { prefix: sample, pump, suffix: '\0' },
      { prefix: sample.slice(0, at), pump, suffix: sample.slice(at) },
    ]);
  return {
    run: (text) => {
      try {
        return run(text);
      } catch (error) {
        return error;
      }
    },
    pumps,
  };
}

function lookFor(text: string): unknown {
  const argv = text.split('\0').filter((word) => word !== '');
  const process = buildProcess({ pid: 42, argv });
  return [hasName(process, 'nginx'), findNearMisses('ngnix', [process])];
}

const RULE = {
  url: new URL('http://127.0.0.1:8080/-/reload'),
  option: 'REHUP_URL',
  success: [{ from: 200, to: 299 }],
  match: undefined,
  matchOption: 'REHUP_SUCCESS_MATCH',
} as const;

function judgeHeader(text: string): unknown {
  return [302, 405, 503].map((status) =>
    judge(
      {
        status,
        headers: { location: text, allow: text, 'retry-after': text },
        body: '',
        cut: false,
      },
      RULE,
    ),
  );
}

function judgeBody(body: string): unknown {
  return judge({ status: 400, headers: {}, body, cut: false }, RULE);
}

function readOutput(text: string): void {
  const reader = createOutputReader(() => {});
  reader.write('stdout', Buffer.from(text));
  reader.end();
}
