import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import type { KubernetesObject } from './cluster.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** One verb on one resource, as RBAC grants it. */
export interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

/** A manifest in `examples/rbac`. */
export function rbacPath(file: string): string {
  return join(import.meta.dirname, '../../../examples/rbac', file);
}

/** The rules of its Role, with these names for the ones that the reader is to write, of workloads of this kind. */
export function readRules(file: string, names: readonly string[], kind = 'Deployment'): Rule[] {
  const documents = parseAllDocuments(readFileSync(rbacPath(file), 'utf8'));
  return documents.flatMap((document) => {
    const { rules = [] } = document.toJS() as KubernetesObject & { rules?: Rule[] };
    return rules.map((rule) => nameIn(rule, names, kind));
  });
}

function nameIn(rule: Rule, names: readonly string[], kind: string): Rule {
  if (rule.resourceNames === undefined) return rule;
  // What is made of the kind and the name of the workload is made of these.
  const made = names.flatMap((name) =>
    rule.resourceNames?.map((written) => nameLike(written, { kind, name })),
  );
  return { ...rule, resourceNames: [...new Set(made)].flatMap((each) => each ?? []) };
}

function nameLike(written: string, { kind, name }: { kind: string; name: string }): string {
  return written
    .replace('rehup-deployment-', `rehup-${kind.toLowerCase()}-`)
    .split('my-app')
    .join(name);
}

function leaseName(kind: string, name: string): string {
  return `rehup-${kind.toLowerCase()}-${name}`;
}

/** The Lease that the waves of a workload need. */
export function leaseOf({
  namespace,
  kind,
  name,
}: {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}): KubernetesObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: leaseName(kind, name), namespace },
    spec: { leaseDurationSeconds: 30 },
  } as KubernetesObject;
}

/** All that they grant, one by one. */
export function allVerbs(rules: readonly Rule[]): Permission[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
    ),
  );
}

/** The same rules without that verb on that resource. */
export function without(rules: readonly Rule[], { group, resource, verb }: Permission): Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.apiGroups.includes(group) || !rule.resources.includes(resource)) return [rule];
    const others = rule.resources.filter((each) => each !== resource);
    const verbs = rule.verbs.filter((each) => each !== verb);
    return [
      { ...rule, resources: others },
      { ...rule, resources: [resource], verbs },
    ].filter((each) => each.resources.length > 0 && each.verbs.length > 0);
  });
}
