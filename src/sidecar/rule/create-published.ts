import type { Counts } from '../../config/globs.ts';
import type { RawInput } from '../../config/load.ts';
import type { Settings } from '../../config/options.ts';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import type { OutputLine } from '../exec/output.ts';
import { hideOwnAnnotation, type Mount } from '../mount/mount.ts';
import { compileForms } from '../publish/place.ts';
import type { Canary } from './canary.ts';
import type { Keeper } from './keeper.ts';
import type { Memory } from './memory.ts';
import { createPublishing } from './publishing.ts';
import type { RuleParts } from './rule.ts';

export type PublishedInput = {
  settings: Settings;
  publish: string;
  mounts: readonly Mount[];
  counts: Counts;
  clock: Clock;
  rule: string;
  onOutput: (line: OutputLine) => void;
  events: EventBus;
  env: RawInput['env'];
  memory: Memory;
  keeper?: Keeper | undefined;
  /** Where the rule has one of two sources. */
  canary: Canary | undefined;
};

/**
 * What is different for a rule where the app sees a directory that rehup writes: what was published and
 * proved is what is remembered.
 */
export function createPublished(
  input: PublishedInput,
): Pick<RuleParts, 'publishing' | 'sources' | 'memory'> {
  const {
    settings,
    publish,
    mounts,
    counts,
    clock,
    rule,
    onOutput,
    events,
    memory,
    env,
    keeper,
    canary,
  } = input;
  const publishing = createPublishing({
    settings: { ...settings, publish },
    formOf: compileForms(settings),
    mounts: settings.prompt ? mounts.map(hideOwnAnnotation) : mounts,
    counts,
    pick: canary?.pick,
    clock,
    rule,
    onOutput,
    env,
    keeper,
    onStarted: (started) => events.emit('started-from-kept', { rule, ...started }),
    onShown: (published) => events.emit('published', { rule, ...published }),
  });
  return {
    publishing: canary?.guard(publishing) ?? publishing,
    sources: canary ? [publish] : mounts.map(({ path }) => path),
    memory: { ...memory, recall: () => publishing.applied() },
  };
}
