import type { Snapshots } from '../snapshot/snapshot.ts';

/** What a rule applied last. */
export type Applied = {
  /** Mount path → hash of its content. */
  mounts: Readonly<Record<string, string>>;
  /** Identities of the targets that are known to have it; `undefined` if that was not written down. */
  targets: readonly string[] | undefined;
};

/** What was applied, across a new configuration or a restart of rehup. */
export type Memory = {
  /** `undefined` when that is not known. */
  recall: (rule: string) => Applied | undefined;
  remember: (rule: string, applied: Snapshots, targets: readonly string[]) => void;
  /** The app is acted on: until that has succeeded, it may hold either content. */
  forget: (rule: string) => void;
};

/** By the name of the rule. */
export type Remembered = Record<string, Applied>;

/** @param save Called with all of it after each change. */
export function createMemory(
  start: Remembered = {},
  save: (all: Remembered) => void = () => {},
): Memory {
  // A rule may be called "constructor".
  const rules = Object.assign(Object.create(null) as Remembered, start);
  return {
    recall: (rule) => rules[rule],
    remember: (rule, applied, targets) => {
      const mounts = Object.fromEntries([...applied].map(([path, { hash }]) => [path, hash]));
      rules[rule] = { mounts, targets };
      save(rules);
    },
    forget: (rule) => {
      if (rules[rule] === undefined) return;
      delete rules[rule];
      save(rules);
    },
  };
}
