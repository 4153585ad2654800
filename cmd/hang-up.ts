let came = false;
let ends = false;

function end(): void {
  process.off('SIGHUP', react);
  process.kill(process.pid, 'SIGHUP');
}

function react(): void {
  came = true;
  if (ends) end();
}

/**
 * A SIGHUP ends a process that has no handler for it; for rehup it is a trigger, from the first moment
 * to the last. This module imports nothing, and comes before all others.
 */
export function takeHangUps(): void {
  process.on('SIGHUP', react);
}

/** Whether one has come so far. */
export const hasHungUp = (): boolean => came;

/** For what is no sidecar: a terminal that goes away ends it, as it ends other programs. */
export function letHangUpEnd(): void {
  ends = true;
  if (came) end();
}
