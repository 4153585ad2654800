import { createRandom } from '../../../src/tools/simulate/kubelet/random.ts';

export type Data = Readonly<Record<string, string>>;

/** One thing that happens to the pod. */
export type Step =
  | { readonly do: 'apply' | 'delete-and-apply'; readonly data: Data }
  | { readonly do: 'burst'; readonly all: readonly Data[] }
  /** Has the kubelet sync now; without it, an update takes it a minute. */
  | { readonly do: 'sync' }
  | { readonly do: 'kill'; readonly container: 'app' | 'rehup' }
  | { readonly do: 'stop'; readonly container: 'app' | 'rehup' }
  | { readonly do: 'go-on' };

export const FIRST: Data = { greeting: 'one' };

/** The kubelet waits longer before each further restart: 10 s, 20 s, 40 s. */
const MOST_KILLS = 2;
const STEPS = 10;

/** The schedule of a seed: always the same one. It ends with content of its own. */
export function createSchedule(seed: number): Step[] {
  const { uint32 } = createRandom(seed);
  const below = (limit: number): number => uint32() % limit;
  const kills = { app: 0, rehup: 0 };
  let [before, now] = [FIRST, FIRST];
  let stopped = false;

  const next = (data: Data): Data => {
    [before, now] = [now, data];
    return data;
  };
  const value = (): string => `v${seed}-${below(1_000_000)}`;
  const change = (): Data => {
    const { extra, ...rest } = now;
    const choices: readonly Data[] = [
      { ...now, greeting: value() },
      { ...now, greeting: value() },
      { ...now, extra: value() },
      extra === undefined ? { ...now, extra: value() } : rest,
      before,
    ];
    return next(choices[below(choices.length)] as Data);
  };
  const makers: readonly (() => Step | undefined)[] = [
    () => ({ do: 'apply', data: change() }),
    () => ({ do: 'apply', data: next(before) }),
    () => ({ do: 'burst', all: Array.from({ length: 2 + below(3) }, change) }),
    () => ({ do: 'delete-and-apply', data: change() }),
    () => ({ do: 'sync' }),
    () => ({ do: 'sync' }),
    () => {
      const container = below(2) === 0 ? 'app' : 'rehup';
      if (stopped || kills[container] === MOST_KILLS) return undefined;
      kills[container] += 1;
      return { do: 'kill', container };
    },
    () => {
      if (stopped) return undefined;
      stopped = true;
      return { do: 'stop', container: below(2) === 0 ? 'app' : 'rehup' };
    },
    () => {
      if (!stopped) return undefined;
      stopped = false;
      return { do: 'go-on' };
    },
  ];
  const steps: Step[] = [];
  while (steps.length < STEPS) {
    const step = makers[below(makers.length)]?.();
    if (step !== undefined) steps.push(step);
  }
  if (stopped) steps.push({ do: 'go-on' });
  return [...steps, { do: 'apply', data: next({ ...now, greeting: `last-${value()}` }) }];
}

export function describeSchedule(seed: number): string {
  const lines = createSchedule(seed).map((step) => `  ${JSON.stringify(step)}`);
  return [`again: REHUP_E2E_CHAOS_SEEDS=${seed}`, ...lines].join('\n');
}
