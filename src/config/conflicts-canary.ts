import type { ConfigProblem } from '../system/errors.ts';
import { environmentName } from './option.ts';
import { type OptionName, options, type Settings } from './options.ts';

/** A second source needs a first one of its kind, a place to be published to, and nobody else who decides who has it. */
export function findCanaryConflicts(
  { canary, publish, wave, keep, source, watch }: Settings,
  given: ReadonlySet<OptionName>,
): ConfigProblem[] {
  if (canary === undefined) return [];
  const problems: ConfigProblem[] = [];
  const say = (reason: string, fixes?: ConfigProblem['fixes']): void => {
    problems.push({ option: nameOf('canary'), value: undefined, reason, ...(fixes && { fixes }) });
  };
  if (publish === undefined && !given.has('publish')) {
    say(
      `needs ${nameOf('publish')}: an emptyDir of the app and of rehup, into which one of the two sources is written`,
    );
  }
  if (wave !== undefined) {
    const both = [nameOf('canary'), nameOf('wave')];
    problems.push({
      option: both.join(' and '),
      value: undefined,
      reason:
        'both decide which pods have new content first, the one by what is in git, the other by what the first pod says: remove one of them',
      fixes: both.map((name) => ({ unset: [name] })),
    });
  }
  if (keep !== undefined) {
    const reason =
      'are at odds: what the app took last, and would be kept for new pods, may be the next content: remove one of the two';
    const both = [nameOf('keep'), nameOf('canary')];
    const fixes = both.map((name) => ({ unset: [name] }));
    problems.push({ option: both.join(' and '), value: undefined, reason, fixes });
  }
  if ('source' in canary) {
    const { source: next } = canary;
    if (source === undefined) {
      say(
        `is an object of the API, and stable content is mounted: name the directory where the next one is mounted, or the stable object in ${nameOf('source')}`,
      );
    }
    if (source?.some((one) => JSON.stringify(one) === JSON.stringify(next)) === true) {
      say(`is the same object as in ${nameOf('source')}: name another one`);
    }
  } else {
    const { path } = canary;
    if (source !== undefined) {
      say(`is a directory, and ${nameOf('source')} takes from the API: write configmap/<name>`);
    }
    if (publish !== undefined && (isBelow(path, publish) || isBelow(publish, path))) {
      say(`must not lie in ${nameOf('publish')}, nor that in it: mount each at a place of its own`);
    }
    if (Array.isArray(watch) && watch.every((one) => one === path)) {
      say(`is the same directory as ${nameOf('watch')}: name that of the stable content there`);
    }
  }
  return problems;
}

/** Or the same. */
function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

function nameOf(name: OptionName): string {
  return environmentName(options[name].flag);
}
