import { createHash } from 'node:crypto';
import { fitName, MAX_NAME } from '../../kubernetes/names.ts';

type Workload = { kind: string; name: string };

/**
 * The two names that content of a rule is kept under, in turn: a Role can name them, as it could not if
 * they had the hash in them. The old object goes once the new one is there. With the kind: a Deployment and
 * a StatefulSet may have one name.
 */
export function keptNames({ kind, name }: Workload, rule: string): readonly [string, string] {
  const ofRule = rule === 'default' ? '' : `-${toSegment(rule)}`;
  const base = fitName(`rehup-${kind.toLowerCase()}-${name}-kept${ofRule}`, MAX_NAME - 2);
  return [`${base}-a`, `${base}-b`];
}

/** A rule may be called anything. */
function toSegment(rule: string): string {
  const plain = rule
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  if (plain === rule) return plain;
  const hash = createHash('sha256').update(rule).digest('hex').slice(0, 6);
  return plain === '' ? hash : `${plain}-${hash}`;
}
