import { createRandom } from '../../src/tools/simulate/kubelet/random.ts';
import type { StepName } from '../support/kubelet-volume.ts';
import {
  createDraw,
  describeSteps,
  type Draw,
  KUBELET_STEPS,
  PAUSES_MS,
  pickByWeight,
} from './draw.ts';
import { type Shape, shapeOf } from './shapes.ts';

export type VolumeName = 'config' | 'secret';

/** What rehup or the app is waited for to do, before something happens to rehup in the middle of it. */
export type Moment = 'at once' | 'hint' | 'update seen' | 'signalled' | 'reloaded';

export type Fault = 'disk-full' | 'no-descriptors' | 'api-away' | 'url-fails';

/** One thing that happens. `lasts`: it is over after so many further steps. */
export type Action =
  | { readonly do: 'swap' | 'swap-back' | 'add-key' | 'remove-key'; readonly volume: VolumeName }
  | { readonly do: 'burst'; readonly volume: VolumeName; readonly count: number }
  /** The kubelet stands still after this step of its writing. */
  | {
      readonly do: 'torn';
      readonly volume: VolumeName;
      readonly at: StepName;
      readonly lasts: number;
    }
  /** The kubelet ends after this step of its writing, and comes back with its next write. */
  | { readonly do: 'kubelet-crash'; readonly volume: VolumeName; readonly at: StepName }
  /** The new content is not for the app nor for rehup to read at first (kubernetes issue #114461). */
  | { readonly do: 'unreadable-swap'; readonly volume: VolumeName; readonly lasts: number }
  /** The kubelet gives the volume up, and sets it up anew where no running container sees it. */
  | { readonly do: 'tear-down' }
  /** `lasts`: how long it neither reads nor has a handler; 0: like any other program. */
  | { readonly do: 'restart-app'; readonly lasts: number }
  | { readonly do: 'crash-loop'; readonly times: number }
  /** SIGSTOP, and later SIGCONT. */
  | { readonly do: 'stop-app'; readonly lasts: number }
  /** SIGKILL; at any moment but `at once`, in the middle of an update. */
  | { readonly do: 'kill-rehup'; readonly when: Moment; readonly lasts: number }
  | { readonly do: 'end-rehup'; readonly lasts: number }
  /** rehup is started again, and gets no inotify. */
  | { readonly do: 'no-inotify'; readonly limit: 'instances' | 'watches' }
  | { readonly do: 'clock-step'; readonly ms: number }
  /** Somebody asks for a reload now: SIGHUP to rehup, at whatever moment of its life. */
  | { readonly do: 'trigger' }
  /** The file with the rules: the same rules with other times, or no rules at all for a while. */
  | { readonly do: 'change-rules'; readonly settleMs: number }
  | { readonly do: 'break-rules'; readonly lasts: number }
  /** Content that the program for validation refuses, until there is other content. */
  | { readonly do: 'invalid-swap'; readonly lasts: number }
  | { readonly do: 'fault'; readonly fault: Fault; readonly lasts: number }
  /** Until nothing is left to do. */
  | { readonly do: 'settle' };

export type Step = Action & {
  /** Before the next step, in milliseconds. It only spreads them; nothing relies on it. */
  readonly pauseMs: number;
};

export interface Schedule {
  readonly seed: number;
  readonly shape: Shape;
  readonly steps: readonly Step[];
  /** Where both containers have to start again at the end: whether rehup does so first. */
  readonly rehupFirst: boolean;
}

const MOMENTS: readonly Moment[] = ['at once', 'hint', 'update seen', 'signalled', 'reloaded'];
const CLOCK_STEPS_MS = [-7_200_000, -60_000, -1000, -100, 100, 1000, 60_000, 7_200_000];
/** The schedule of a seed: always the same one. */
export function createSchedule(seed: number): Schedule {
  const shape = shapeOf(seed);
  const random = createRandom(seed);
  const draw = createDraw(random);
  const count = 3 + draw.below(6);
  const makers = makersFor(shape, draw);
  const total = makers.reduce((sum, { weight }) => sum + weight, 0);
  const steps = Array.from({ length: count }, (): Step => {
    const action = pickByWeight(makers, draw.below(total)).make();
    return { ...action, pauseMs: draw.pick(PAUSES_MS) };
  });
  return { seed, shape, steps, rehupFirst: draw.below(2) === 0 };
}

interface Maker {
  /** How often, in relation to the others; 0 where the shape does not have it. */
  readonly weight: number;
  readonly make: () => Action;
}

function makersFor(shape: Shape, { below, pick }: Draw): Maker[] {
  const volume = (): VolumeName => (shape.secret && below(2) === 0 ? 'secret' : 'config');
  const lasts = (): number => 1 + below(3);
  const kubeletStep = (): StepName =>
    pick(shape.uid === undefined ? KUBELET_STEPS : [...KUBELET_STEPS, 'set-permissions']);
  const isRoot = shape.uid === undefined;
  return [
    { weight: 6, make: () => ({ do: 'swap', volume: volume() }) },
    { weight: 3, make: () => ({ do: 'burst', volume: volume(), count: 2 + below(5) }) },
    { weight: 3, make: () => ({ do: 'swap-back', volume: volume() }) },
    { weight: 3, make: () => ({ do: 'add-key', volume: volume() }) },
    { weight: 3, make: () => ({ do: 'remove-key', volume: volume() }) },
    {
      weight: 4,
      make: () => ({ do: 'torn', volume: volume(), at: kubeletStep(), lasts: lasts() }),
    },
    // What the next write meets may make the kubelet give the volume up; the double cannot unmount a tmpfs.
    { weight: 2, make: () => ({ do: 'kubelet-crash', volume: 'config', at: kubeletStep() }) },
    { weight: 1, make: () => ({ do: 'tear-down' }) },
    {
      weight: isRoot ? 0 : 3,
      make: () => ({ do: 'unreadable-swap', volume: volume(), lasts: lasts() }),
    },
    { weight: 4, make: () => ({ do: 'restart-app', lasts: 0 }) },
    { weight: 3, make: () => ({ do: 'restart-app', lasts: lasts() }) },
    { weight: 1, make: () => ({ do: 'crash-loop', times: 1 + below(3) }) },
    { weight: 3, make: () => ({ do: 'stop-app', lasts: lasts() }) },
    { weight: 4, make: () => ({ do: 'kill-rehup', when: pick(MOMENTS), lasts: below(3) }) },
    { weight: 1, make: () => ({ do: 'end-rehup', lasts: below(3) }) },
    {
      weight: isRoot ? 1 : 0,
      make: () => ({ do: 'no-inotify', limit: pick(['instances', 'watches'] as const) }),
    },
    { weight: shape.clock ? 6 : 0, make: () => ({ do: 'clock-step', ms: pick(CLOCK_STEPS_MS) }) },
    {
      weight: shape.state && !shape.clock ? 3 : 0,
      make: () => ({ do: 'fault', fault: 'disk-full', lasts: lasts() }),
    },
    { weight: 2, make: () => ({ do: 'fault', fault: 'no-descriptors', lasts: lasts() }) },
    {
      weight: shape.prompt ? 5 : 0,
      make: () => ({ do: 'fault', fault: 'api-away', lasts: lasts() }),
    },
    { weight: 2, make: () => ({ do: 'trigger' }) },
    {
      weight: shape.rules ? 4 : 0,
      make: () => ({ do: 'change-rules', settleMs: pick([10, 30, 80]) }),
    },
    { weight: shape.rules ? 2 : 0, make: () => ({ do: 'break-rules', lasts: lasts() }) },
    { weight: shape.validate ? 8 : 0, make: () => ({ do: 'invalid-swap', lasts: lasts() }) },
    {
      weight: shape.action === 'http' ? 5 : 0,
      make: () => ({ do: 'fault', fault: 'url-fails', lasts: lasts() }),
    },
    { weight: 3, make: () => ({ do: 'settle' }) },
  ];
}

export function describeSchedule(schedule: Schedule): string {
  return describeSteps(schedule);
}
