/** One option: its flag, its environment variable, its help and its row in the reference page. */
export type Option<Value> = {
  /** Without the leading hyphens; the environment variable is made from it. */
  flag: string;
  /** What stands for the value in help; `undefined` for a switch. */
  placeholder: string | undefined;
  group: Group;
  help: string;
  /** As a user would write it; absent when the option has no value unless set. */
  default?: string;
  /** Turns what the user wrote into a value; throws InvalidValue. */
  parse: (raw: string) => Value;
  /** The value may hold credentials and is never shown. */
  secret?: boolean;
  /** How repeated flags, and lists in a file, are joined; `json`: a list becomes a JSON array. */
  separator?: ',' | '\n' | 'json';
  /** Of the process as a whole, and so not of a rule. */
  global?: boolean;
};

export const groups = [
  'What is watched',
  'When to reload',
  'What is done',
  'The target',
  'HTTP',
  'Validation',
  'Publishing',
  'Checks',
  'Retries',
  'Kubernetes API',
  'Memory and rules',
  'Reporting',
] as const;

export type Group = (typeof groups)[number];

type Optional<Value> = Option<Value> & { default?: undefined };
type Defaulted<Value> = Option<Value> & { default: string };

export function option<Value>(spec: Defaulted<Value>): Defaulted<Value>;
export function option<Value>(spec: Optional<Value>): Optional<Value>;
export function option<Value>(spec: Option<Value>): Option<Value> {
  return spec;
}

/** `settle-max` → `REHUP_SETTLE_MAX`. */
export function environmentName(flag: string): string {
  return `REHUP_${flag.toUpperCase().replaceAll('-', '_')}`;
}
