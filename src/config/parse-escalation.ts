import { InvalidValue } from './parse.ts';

/** What follows failed attempts. */
export type EscalationSetting = { action: 'restart'; afterFailures: number };

const DEFAULT_FAILURES = 3;

/** `restart`, `restart:5`. */
export function parseEscalation(raw: string): EscalationSetting {
  const [, count] = /^restart(?::(\d+))?$/.exec(raw.trim()) ?? [];
  if (!/^restart(?::[1-9]\d*)?$/.test(raw.trim())) {
    throw new InvalidValue('is not an escalation; write restart, or restart:<failures before it>');
  }
  return {
    action: 'restart',
    afterFailures: count === undefined ? DEFAULT_FAILURES : Number(count),
  };
}
