import type { Figure } from './figure.ts';
import { apply } from './figures/apply.ts';
import { growth } from './figures/growth.ts';
import { idle } from './figures/idle.ts';
import { isolated } from './figures/isolated.ts';
import { keys } from './figures/keys.ts';
import { limits } from './figures/limits.ts';
import { memory } from './figures/memory.ts';
import { objects } from './figures/objects.ts';
import { pace } from './figures/pace.ts';
import { processes } from './figures/processes.ts';
import { publish } from './figures/publish.ts';
import { signal } from './figures/signal.ts';
import { size } from './figures/size.ts';
import { snapshot } from './figures/snapshot.ts';
import { source } from './figures/source.ts';
import { start } from './figures/start.ts';
import { timers } from './figures/timers.ts';
import { volumes } from './figures/volumes.ts';

/**
 * In the order in which they are measured. What depends on the speed of the machine is alone; what waits most of
 * the time, or counts its own CPU time only, shares its minutes with others.
 */
export const groups: readonly (readonly Figure[])[] = [
  [memory],
  [signal],
  [publish],
  [source],
  [objects],
  [isolated],
  [keys],
  [start],
  [snapshot],
  [processes],
  [volumes],
  [apply],
  [limits, idle, pace],
  [growth, timers],
  [size],
];
