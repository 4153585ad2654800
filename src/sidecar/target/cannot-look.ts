import { Plain } from '../../system/errors.ts';
import type { Failure } from '../outcome.ts';

/**
 * The table cannot be read now, which tells nothing about who is running: a process that is not seen
 * must not be taken for one that has ended, nor another one for the app.
 */
export class CannotLook extends Plain {
  readonly failure: Failure;

  constructor(code: string) {
    super(`the processes of the pod cannot be looked at: ${code}`);
    this.failure = {
      outcome: 'no-target',
      mayRun: true,
      reason: this.message,
      remedy:
        'raise the limit of open files (RLIMIT_NOFILE) of the container runtime, or the memory limit of the rehup container',
    };
  }
}
