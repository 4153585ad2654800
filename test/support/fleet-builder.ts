import type { MountReport } from '../../src/tools/fleet/judge.ts';
import type { PodReport, RuleReport } from '../../src/tools/fleet/report.ts';

/** A mount whose content the app has, unless it is said otherwise. */
export function buildMount(parts: Partial<MountReport> = {}): MountReport {
  const hash = 'aaaaaaaaaaaa';
  return {
    path: '/etc/app',
    objects: ['configmap/app'],
    desired: hash,
    mounted: hash,
    loaded: hash,
    isMounted: true,
    isLoaded: true,
    ...parts,
  };
}

export function buildRule(parts: Partial<RuleReport> = {}): RuleReport {
  return {
    rule: 'default',
    state: 'applied',
    last: { outcome: 'reloaded', timeMs: 1_000_000 },
    reloadedMs: 1_000_000,
    reason: undefined,
    remedy: undefined,
    nextRetryMs: undefined,
    mounts: [buildMount()],
    ...parts,
  };
}

export function buildReport(parts: Partial<PodReport> = {}): PodReport {
  return {
    namespace: 'web',
    name: 'app-0',
    ageMs: 60_000,
    rehup: { container: 'rehup', version: '1.2.3', startedMs: 0, aheadMs: 0 },
    state: 'current',
    rules: [buildRule()],
    ...parts,
  };
}
