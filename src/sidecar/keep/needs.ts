import type { ContentKind } from '../../kubernetes/content.ts';
import { type KubeRequest, resourceOf } from '../../kubernetes/request.ts';
import { keptNames } from './names.ts';

export type NeedsInput = {
  workload: { kind: string; name: string };
  rule: string;
  kind: ContentKind;
  namespace: string;
};

/** All that is asked of the API to keep content of a rule, beyond the way to the workload. */
export function requestsOf({ workload, rule, kind, namespace }: NeedsInput): KubeRequest[] {
  const resource = { ...resourceOf(kind), namespace };
  return [
    ...keptNames(workload, rule).flatMap((name) =>
      (['get', 'delete'] as const).map((verb) => ({ ...resource, verb, name })),
    ),
    { ...resource, verb: 'create' },
  ];
}
