import type { SourceSpec } from '../../config/parse-source.ts';
import type { Scope } from '../../kubernetes/collection.ts';

/** What is to be followed for a source: one scope for each namespace. @param own The pod's. */
export function scopesOf({ kind, select, namespaces }: SourceSpec, own: string): Scope[] {
  if (namespaces === 'all') return [{ kind, ...select }];
  const names = namespaces === 'own' ? [own] : namespaces;
  return names.map((namespace) => ({ kind, ...select, namespace }));
}
