import type { Mishap, Pod } from './pod.ts';
import { POLL_MS, type Rehup, type Stage } from './rehup.ts';

export type World = { pod: Pod; rehup: Rehup };

/** Something that can happen to rehup. */
export type Event = {
  name: string;
  /** Whether it would make a difference now. */
  isPossible: (world: World) => boolean;
  happen: (world: World) => Promise<void> | void;
  /** Afterwards everything has come to rest. */
  isCalm?: boolean;
};

const swapTo = (content: string): Event => ({
  name: `swap-to-${content}`,
  isPossible: () => true,
  happen: ({ pod, rehup }) => {
    pod.swap(content);
    rehup.hint('inotify');
  },
});

/** inotify says nothing; the poll finds it. */
const swapUnseenTo = (content: string): Event => ({
  name: `swap-unseen-to-${content}`,
  isPossible: () => true,
  happen: ({ pod, rehup }) => {
    pod.swap(content);
    hintLate({ pod, rehup });
  },
});

/** By the poll, if not by something else. */
export function hintLate({ pod, rehup }: World): void {
  void pod.clock.sleep(POLL_MS).then(() => rehup.hint('poll'));
}

const meet = (mishap: Mishap): Event => ({
  name: `next-reload-meets-${mishap}`,
  isPossible: ({ pod }) => pod.mishap !== mishap,
  happen: ({ pod }) => void (pod.mishap = mishap),
});

const startRehup = (name: string, remembers: boolean): Event => ({
  name,
  isPossible: () => true,
  happen: async ({ rehup }) => {
    await rehup.stop();
    rehup.start({ remembers });
  },
});

/** Time passes, until there is an attempt that has come so far. */
const until = (stage: Stage): Event => ({
  name: `until-attempt-is-${stage}`,
  isPossible: ({ rehup }) => rehup.isRunning() && rehup.stage() !== stage,
  happen: async ({ pod, rehup }) => {
    for (let step = 0; step < 100 && rehup.stage() !== stage; step += 1)
      await pod.clock.advance(50);
  },
});

/** Longer than it is unsure what an app has read. */
const LONG_MS = 20_000;

/** Those of which every sequence is tried. */
export const mainEvents: readonly Event[] = [
  swapTo('A'),
  swapTo('B'),
  swapTo('A+'),
  swapTo('bad'),
  {
    name: 'app-starts-anew',
    isPossible: () => true,
    happen: ({ pod }) => pod.startApp(),
  },
  {
    name: 'app-ends',
    isPossible: ({ pod }) => pod.model.app !== undefined,
    happen: ({ pod }) => pod.endApp(),
  },
  {
    name: 'app-gets-or-loses-handler',
    isPossible: () => true,
    happen: ({ pod }) => void (pod.handles = !pod.handles),
  },
  meet('refusal'),
  meet('doubt'),
  meet('crash'),
  {
    name: 'trigger',
    isPossible: ({ rehup }) => rehup.isRunning(),
    happen: ({ rehup }) => rehup.force(),
  },
  {
    name: 'rehup-is-killed',
    isPossible: ({ rehup }) => rehup.isRunning(),
    happen: async ({ rehup }) => await rehup.stop(),
  },
  startRehup('rehup-starts-with-memory', true),
  startRehup('rehup-starts-without-memory', false),
  until('begun'),
  until('signalled'),
  {
    name: 'long-pause',
    isCalm: true,
    isPossible: () => true,
    happen: async ({ pod }) => await pod.clock.advance(LONG_MS),
  },
];

/** Those that take part in long sequences only. */
export const furtherEvents: readonly Event[] = [
  swapUnseenTo('A'),
  swapUnseenTo('B'),
  {
    name: 'mount-gets-or-loses-permission',
    isPossible: () => true,
    happen: (world) => {
      world.pod.setReadable(!world.pod.readable);
      hintLate(world);
    },
  },
];
