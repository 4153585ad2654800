import type { Asked, AskedStore } from '../act/restart/asked.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { HeldSignals } from './held-signal.ts';

/** What a rule applied last. */
export type Applied = {
  /** Mount path → hash of its content. */
  mounts: Readonly<Record<string, string>>;
  /** Identities of the targets that are known to have it; `undefined` if that was not written down. */
  targets: readonly string[] | undefined;
};

/** What was applied, across a new configuration or a restart of rehup. */
export type Memory = AskedStore & {
  /** `undefined` when that is not known. */
  recall: (rule: string) => Applied | undefined;
  remember: (rule: string, applied: Snapshots, targets: readonly string[]) => void;
  /** The app is acted on: until that has succeeded, it may hold either content. */
  forget: (rule: string) => void;
  /** Signals that ended the app. */
  held: (rule: string) => HeldSignals;
  hold: (rule: string, held: HeldSignals) => void;
};

/** By the name of the rule. */
export type Remembered = Record<string, Applied>;

/** By the name of the rule. */
export type AllHeld = Record<string, HeldSignals>;

/** All that is kept. */
export type Kept = { applied: Remembered; held: AllHeld; asked?: Asked };

/** @param save Called with all of it after each change; returns true where that outlives the process. */
export function createMemory(
  start: Remembered = {},
  save: (all: Remembered, kept: Kept) => unknown = () => false,
  { held: startHeld = {}, asked: startAsked }: Partial<Kept> = {},
): Memory {
  // A rule may be called "constructor".
  const rules = Object.assign(Object.create(null) as Remembered, start);
  const held = new Map(Object.entries(startHeld));
  let asked = startAsked;
  const saveAll = (): unknown =>
    save(rules, { applied: rules, held: Object.fromEntries(held), ...(asked && { asked }) });
  return {
    recall: (rule) => rules[rule],
    remember: (rule, applied, targets) => {
      const mounts = Object.fromEntries([...applied].map(([path, { hash }]) => [path, hash]));
      rules[rule] = { mounts, targets };
      saveAll();
    },
    forget: (rule) => {
      if (rules[rule] === undefined) return;
      delete rules[rule];
      saveAll();
    },
    held: (rule) => held.get(rule) ?? [],
    hold: (rule, signals) => {
      held.set(rule, signals);
      saveAll();
    },
    asked: () => asked,
    ask: (next) => {
      asked = next;
      return saveAll() === true;
    },
  };
}
