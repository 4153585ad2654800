import { requestsOf } from '../../kubernetes/collection.ts';
import { KubeProblem, roleRule } from '../../kubernetes/problem.ts';
import { describeRequest, type KubeRequest } from '../../kubernetes/request.ts';
import { scopesOf } from '../../sidecar/source/scopes.ts';
import { openAccess } from '../../sidecar/source/start.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass } from '../finding.ts';
import { findMissing } from './access.ts';

/** Whether content comes from the API. */
export function hasSources({ rules }: Pick<Context, 'rules'>): boolean {
  return rules.some(({ settings }) => settings.source !== undefined);
}

/** Whether what the sources name may be read. The own pod is not asked for: sources do without it. */
export async function checkSources({ raw, rules }: Context, signal: AbortSignal): Promise<Bare[]> {
  const setting = 'REHUP_SOURCE';
  try {
    const access = await openAccess(raw.env);
    const specs = rules.flatMap(({ settings }) => settings.source ?? []);
    const scopes = specs.flatMap((spec) => scopesOf(spec, access.namespace));
    const needs = scopes.flatMap(requestsOf).map((request) => ({ setting, request }));
    const missing = await findMissing(access, needs, signal);
    if (missing.length > 0) return missing.map(({ request }) => forbidden(request));
    return [pass('the service account may read what REHUP_SOURCE names')];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    const seen = `${error.message}; ${setting} cannot do without`;
    return [fail('api-unreachable', { seen, remedy: error.remedy })];
  }
}

function forbidden(request: KubeRequest): Bare {
  const role = request.namespace === undefined ? 'a ClusterRole' : 'its Role';
  return fail('api-forbidden', {
    seen: `the service account may not ${describeRequest(request)} (REHUP_SOURCE)`,
    remedy: `add to ${role}: ${roleRule(request)}`,
  });
}
