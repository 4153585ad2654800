import type { Settings } from '../../config/options.ts';
import type { Publisher } from '../publish/publisher.ts';
import { isYoungerThan } from '../target/age.ts';
import { createLook } from '../verify/look.ts';
import type { AttemptInput, AttemptParts } from './attempt.ts';

/**
 * An app that started with what is shown, and runs still, has proved it: before it is replaced. Where it
 * can be asked, its life alone proves nothing.
 */
export async function proveByLife(
  publisher: Publisher,
  { resolve, clock }: AttemptParts,
  { about }: AttemptInput,
  settings: Settings,
): Promise<void> {
  if (createLook(settings) !== undefined) return;
  const shown = publisher.shown();
  const resolution = shown?.proved === false ? resolve(about) : undefined;
  if (shown === undefined || resolution === undefined || 'failure' in resolution) return;
  const { targets } = resolution;
  const bornBeforeMs = clock.uptime() - settings.survive;
  const hasLived = targets.every(
    (target) => isYoungerThan(target, shown.sinceMs) && target.startedMs <= bornBeforeMs,
  );
  if (targets.length > 0 && hasLived) await publisher.prove();
}

/** It was proved in this pod before, and is there still; what it was filled in with may have changed since. */
export function wasProved(
  publisher: Publisher,
  { hash, force }: AttemptInput,
  { expand, render }: Settings,
): boolean {
  const isSame = publisher.lastGood()?.hash === hash && !force;
  return isSame && expand === undefined && render === undefined;
}
