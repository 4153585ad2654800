import type { Counts } from '../../config/globs.ts';
import type { Settings } from '../../config/options.ts';
import type { Clock } from '../../system/clock.ts';
import { readOwnMounts } from '../../system/proc/own-mounts.ts';
import type { EventBus } from '../events.ts';
import type { OutputLine } from '../exec/output.ts';
import { describeMount } from '../mount/discover.ts';
import { hideOwnAnnotation, type Mount } from '../mount/mount.ts';
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
  memory: Memory;
};

/**
 * What is different for a rule where the app sees a directory that rehup writes: that is what it is found
 * by; what was published and proved is what is remembered.
 */
export function createPublished(
  input: PublishedInput,
): Pick<RuleParts, 'publishing' | 'sources' | 'watched' | 'memory'> {
  const { settings, publish, mounts, counts, clock, rule, onOutput, events, memory } = input;
  const publishing = createPublishing({
    settings: { ...settings, publish },
    mounts: settings.prompt ? mounts.map(hideOwnAnnotation) : mounts,
    counts,
    clock,
    rule,
    onOutput,
    onShown: (published) => events.emit('published', { rule, ...published }),
  });
  const { volume } = describeMount(publish, readOwnMounts());
  return {
    publishing,
    sources: mounts.map(({ path }) => path),
    watched: [{ path: publish, volume }],
    memory: { ...memory, recall: () => publishing.applied() },
  };
}
