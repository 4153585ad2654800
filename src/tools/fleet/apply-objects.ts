import type { KubeClient } from '../../kubernetes/client.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { resourceOf } from '../../kubernetes/request.ts';
import { hashContent } from '../../kubernetes/rollout/content-hash.ts';
import type { SourceObject } from '../../kubernetes/source-object.ts';
import { readContent } from '../../kubernetes/content.ts';
import { diffContents } from '../rotate/diff.ts';
import type { Wanted } from './wanted.ts';

export type ApplyOptions = {
  /** Let the API server check it, and change nothing. */
  dryRun: boolean;
  /** Take over what another manager has set. */
  force: boolean;
  /** Who it is written as. */
  manager: string;
};

/** What became of an object. */
export type Applied = { wanted: Wanted; before: SourceObject | undefined; after: SourceObject };

/** By server-side apply: what others have set and this does not mention stays. Verbs: `create`, `patch`. */
export async function applyObject(
  client: KubeClient,
  { wanted, before }: Pick<Applied, 'wanted' | 'before'>,
  options: ApplyOptions,
  signal: AbortSignal,
): Promise<Applied> {
  const { kind, name, namespace, body } = wanted;
  const { dryRun, force, manager } = options;
  const query = { fieldManager: manager, force: String(force), dryRun: dryRun ? 'All' : undefined };
  const request = { ...resourceOf(kind), verb: 'patch' as const, namespace, name };
  try {
    const after = await client.request<SourceObject>(
      { ...request, patch: 'apply-patch', query, body },
      signal,
    );
    return { wanted, before, after };
  } catch (error) {
    if (!(error instanceof KubeProblem)) throw error;
    throw explain(error, { wanted, before });
  }
}

function explain(
  error: KubeProblem,
  { wanted, before }: Pick<Applied, 'wanted' | 'before'>,
): Error {
  const { kind, name } = wanted;
  if (error.kind === 'conflict') {
    return fatal({
      message: error.message,
      remedy: 'let it have the value that it has there, or take the fields over: --force-conflicts',
      cause: error,
    });
  }
  if (error.kind === 'invalid' && before?.immutable === true) {
    return fatal({
      message: `${kind} ${name} is immutable: it cannot get other content`,
      remedy: `replace it by another one: rehup rotate WORKLOAD --${kind.toLowerCase()} ${name} -f FILE`,
      cause: error,
    });
  }
  return error;
}

/** Whether pods get other content by it. */
export function hasChanged({ wanted, before, after }: Applied): boolean {
  return before === undefined || hashContent(wanted, before) !== hashContent(wanted, after);
}

/** `configmap/web: changed`. */
export function describeApplied(applied: Applied, dryRun: boolean): string {
  const { wanted, before } = applied;
  const verb = before === undefined ? 'created' : hasChanged(applied) ? 'changed' : 'unchanged';
  const note = dryRun && verb !== 'unchanged' ? ' (dry run)' : '';
  return `${wanted.kind.toLowerCase()}/${wanted.name}: ${verb}${note}`;
}

/** Of a Secret, names and sizes of keys. */
export function diffApplied({ wanted, before, after }: Applied): string {
  const { kind, name } = wanted;
  const side = (
    object: SourceObject,
  ): { name: string; content: ReturnType<typeof readContent> } => ({
    name,
    content: readContent(kind, object),
  });
  return diffContents(before && side(before), side(after));
}
