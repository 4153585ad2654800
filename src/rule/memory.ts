import type { Snapshots } from '../snapshot/snapshot.ts';

/** What was applied, across a new configuration or a restart of rehup. */
export type Memory = {
  /** Mount path → hash of what the rule applied last; `undefined` when that is not known. */
  recall: (rule: string) => Readonly<Record<string, string>> | undefined;
  remember: (rule: string, applied: Snapshots) => void;
  /** The app is acted on: until that has succeeded, it may hold either content. */
  forget: (rule: string) => void;
};

export type Remembered = Record<string, Record<string, string>>;

/** @param save Called with all of it after each change. */
export function createMemory(
  start: Remembered = {},
  save: (all: Remembered) => void = () => {},
): Memory {
  const rules: Remembered = { ...start };
  return {
    recall: (rule) => rules[rule],
    remember: (rule, applied) => {
      rules[rule] = Object.fromEntries([...applied].map(([path, { hash }]) => [path, hash]));
      save(rules);
    },
    forget: (rule) => {
      if (rules[rule] === undefined) return;
      delete rules[rule];
      save(rules);
    },
  };
}
