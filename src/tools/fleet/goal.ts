import { isRefused, type PodReport, type RuleReport } from './report.ts';

/** What is waited for, of each pod. */
export type Goal = {
  isReached: (report: PodReport) => boolean;
  /** It never will be, whatever is waited for: why. */
  whyNever: (report: PodReport) => string | undefined;
  /** Where the report alone gives no reason: what is missing. */
  whyNotYet?: (report: PodReport) => string;
};

/** Every mount has what the objects hold, and the app has loaded it. */
export const newest: Goal = {
  isReached: ({ state }) => state === 'current',
  whyNever: whyNotAsked,
};

/** The app has loaded what these objects hold. @param objects `configmap/web`, … */
export function contentOf(objects: readonly string[]): Goal {
  const mountsOf = ({ rules }: PodReport) =>
    rules
      .flatMap(({ mounts }) => mounts)
      .filter((mount) => mount.objects.some((one) => objects.includes(one)));
  return {
    isReached: (report) => {
      const mounts = mountsOf(report);
      return mounts.length > 0 && mounts.every(({ isLoaded }) => isLoaded === true);
    },
    whyNever: (report) => {
      const why = whyNotAsked(report);
      if (why !== undefined || report.rules.length === 0) return why;
      return mountsOf(report).length === 0
        ? `its rehup watches no volume with ${objects.join(' or ')}`
        : undefined;
    },
  };
}

/** The app has loaded content with this hash, as logs and status show it. */
export function hashOf(wanted: string): Goal {
  return {
    isReached: ({ rules }) =>
      rules.some(({ state, mounts }) =>
        mounts.some(
          ({ mounted, loaded }) =>
            state === 'applied' && loaded === mounted && loaded?.startsWith(wanted) === true,
        ),
      ),
    whyNever: whyNotAsked,
    whyNotYet: ({ rules }) => {
      const loaded = rules.flatMap(({ mounts }) => mounts.flatMap((mount) => mount.loaded ?? []));
      return loaded.length === 0
        ? 'it has loaded nothing yet'
        : `it has loaded ${loaded.join(', ')}`;
    },
  };
}

/** A reload that succeeded, since then; and nothing is pending. @param sinceMs By the clock here. */
export function reloadedSince(sinceMs: number): Goal {
  return {
    isReached: ({ rules, rehup }) =>
      rules.length > 0 &&
      rules.every(({ state }) => state === 'applied') &&
      rules.some(({ reloadedMs = 0 }) => reloadedMs - (rehup?.aheadMs ?? 0) >= sinceMs),
    whyNever: whyNotAsked,
    whyNotYet: () => `no reload since ${new Date(sinceMs).toISOString()}`,
  };
}

/** What it cannot be asked for, or has been given up there: only other content would change that. */
function whyNotAsked({ state, reason, rules }: PodReport): string | undefined {
  if (state === 'no-rehup' || (state === 'pending' && rules.some(isGivenUp))) return reason;
  return rules.length > 0 && rules.every((rule) => rule.state === 'dry-run')
    ? 'its rehup makes a dry run: the app is not told'
    : undefined;
}

/** It has all that there is, does not work with it, and does not try again. */
function isGivenUp(rule: RuleReport): boolean {
  const { state, nextRetryMs, mounts } = rule;
  const hasAll = mounts.every(({ isMounted }) => isMounted !== false);
  return hasAll && (isRefused(rule) || (state === 'pending' && nextRetryMs === undefined));
}
