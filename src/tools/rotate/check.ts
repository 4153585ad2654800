import type { ConfigProblem } from '../../system/errors.ts';
import { type Content, sizeOf } from '../../kubernetes/content.ts';
import type { Family } from './family.ts';
import { MAX_NAME } from '../../kubernetes/names.ts';
import { MAX_BASE } from './name.ts';

/** The sum of all values; keys do not count (kubernetes: MaxSecretSize). */
export const MAX_BYTES = 1024 * 1024;

/** RFC 1123, as the API server has it for names of ConfigMaps and Secrets. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

export function checkBase({ kind, base }: Family): ConfigProblem[] {
  const option = optionOf(kind);
  if (base.length > MAX_BASE) {
    const reason = `has ${base.length} characters; with the hash behind it a name may have ${MAX_NAME}, which leaves ${MAX_BASE}`;
    return [{ option, value: base, reason }];
  }
  const reason = `is not a name of a ${kind}: lower-case letters, digits, - and . only, a letter or digit at both ends`;
  return NAME.test(base) ? [] : [{ option, value: base, reason }];
}

/** What the API server would refuse, before anything is sent. */
export function checkContent({ kind, base }: Family, content: Content): ConfigProblem[] {
  const option = optionOf(kind);
  const size = sizeOf(content);
  const keys = [...content.values.keys()].filter((key) => !isKey(key));
  return [
    ...keys.map((key) => ({ option, value: base, reason: explainKey(key) })),
    ...(size <= MAX_BYTES
      ? []
      : [
          {
            option,
            value: base,
            reason: `the values are ${size} bytes together; a ${kind} may have ${MAX_BYTES} (1 MiB): split it, or keep large files in an image or a volume`,
          },
        ]),
  ];
}

/** As a path of the kubelet's volume: no slash, nothing that begins with two dots. */
function isKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..');
}

function explainKey(key: string): string {
  return `the key ${JSON.stringify(key)} cannot be used: 1 to 253 letters, digits, -, _ and ., and not .. at the start; give it another one with --from-file KEY=PATH`;
}

function optionOf(kind: Family['kind']): string {
  return kind === 'ConfigMap' ? '--configmap' : '--secret';
}
