import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { works } from './abilities.ts';

/** Whether certificates can be made here. The reason stands in the title of what is skipped. */
export const openssl = {
  missing: !works(['openssl', 'version']),
  reason: 'skipped where there is no openssl',
};

export type Pair = { certificate: string; key: string };

/** A self-signed certificate, in force for two days from now, and its private key. */
export function createPair(directory: string, name: string, algorithm = 'ec'): Pair {
  const key = join(directory, `${name}.key`);
  const certificate = join(directory, `${name}.crt`);
  const kind =
    algorithm === 'ec' ? ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] : [algorithm];
  const request = [
    'req',
    '-x509',
    '-days',
    '2',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-newkey',
    ...kind,
  ];
  run([...request, '-keyout', key, '-out', certificate]);
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

export function run(args: readonly string[]): string {
  return execaSync('openssl', args, { stdin: 'ignore', stripFinalNewline: false }).stdout;
}
