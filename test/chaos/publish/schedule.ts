import { createRandom } from '../../../src/tools/simulate/kubelet/random.ts';
import type { StepName } from '../../support/kubelet-volume.ts';
import { createDraw, type Draw, KUBELET_STEPS, PAUSES_MS, pickByWeight } from '../draw.ts';
import type { Kind } from './content.ts';
import { type PublishShape, publishShapeOf } from './shapes.ts';

/** A line of rehup's log, right after which it is killed. */
export type Moment =
  'hint' | 'update seen' | 'the app sees' | 'published' | 'held' | 'reload failed';

/** What somebody else does to the published directory. */
export type Damage =
  'key' | 'data-link' | 'generation' | 'key-in-generation' | 'state' | 'garbled-state' | 'stray';

/** One thing that happens. `lasts`: it is over after so many further steps. */
export type PublishAction =
  /** New content: `keys` more or fewer of them. */
  | { readonly do: 'write'; readonly kind: Kind; readonly keys: -1 | 0 | 1 }
  | { readonly do: 'swap-back' }
  | { readonly do: 'burst'; readonly kinds: readonly Kind[] }
  | { readonly do: 'torn'; readonly at: StepName; readonly lasts: number }
  | { readonly do: 'kubelet-crash'; readonly at: StepName }
  /** Other content comes while the program for validation looks at this one. */
  | { readonly do: 'replace-while-validated'; readonly kind: Kind }
  | { readonly do: 'restart-app'; readonly lasts: number }
  | { readonly do: 'crash-loop'; readonly times: number }
  | { readonly do: 'stop-app'; readonly lasts: number }
  /** SIGKILL, so long after new content of this kind, or right after a line of the log. */
  | {
      readonly do: 'kill-rehup';
      readonly kind: Kind;
      readonly after: number | Moment;
      readonly lasts: number;
    }
  | { readonly do: 'end-rehup'; readonly lasts: number }
  | { readonly do: 'disk-full'; readonly lasts: number }
  /** The published directory cannot be written: EACCES for a user, EROFS for root. */
  | { readonly do: 'closed'; readonly lasts: number }
  | { readonly do: 'damage'; readonly what: Damage }
  | { readonly do: 'trigger' }
  /** Until nothing is left to do. */
  | { readonly do: 'settle' };

export type PublishStep = PublishAction & { readonly pauseMs: number };

export interface PublishSchedule {
  readonly seed: number;
  readonly shape: PublishShape;
  readonly steps: readonly PublishStep[];
  /** The bad content of the end. */
  readonly bad: Kind;
}

const KILL_AFTER_MS = [0, 5, 15, 25, 30, 35, 40, 45, 50, 60, 80, 120];
const MOMENTS: readonly Moment[] = [
  'hint',
  'update seen',
  'the app sees',
  'published',
  'held',
  'reload failed',
];
const DAMAGES: readonly Damage[] = [
  'key',
  'data-link',
  'generation',
  'key-in-generation',
  'state',
  'garbled-state',
  'stray',
];

/** The schedule of a seed: always the same one. */
export function createPublishSchedule(seed: number): PublishSchedule {
  const shape = publishShapeOf(seed);
  const draw = createDraw(createRandom(seed));
  const count = 3 + draw.below(6);
  const makers = makersFor(shape, draw);
  const total = makers.reduce((sum, { weight }) => sum + weight, 0);
  const steps = Array.from({ length: count }, (): PublishStep => {
    const action = pickByWeight(makers, draw.below(total)).make();
    return { ...action, pauseMs: draw.pick(PAUSES_MS) };
  });
  return { seed, shape, steps, bad: draw.pick(badKinds(shape)) };
}

function badKinds({ verify }: PublishShape): Kind[] {
  return verify ? ['invalid', 'dies', 'fails'] : ['invalid', 'dies'];
}

interface Maker {
  readonly weight: number;
  readonly make: () => PublishAction;
}

function makersFor(shape: PublishShape, { below, pick }: Draw): Maker[] {
  const lasts = (): number => 1 + below(3);
  const bad = badKinds(shape);
  const kinds: readonly Kind[] = ['good', 'good', 'good', 'slow', ...bad];
  const kind = (): Kind => pick(kinds);
  const steps: readonly StepName[] =
    shape.uid === undefined ? KUBELET_STEPS : [...KUBELET_STEPS, 'set-permissions'];
  return [
    { weight: 6, make: () => ({ do: 'write', kind: 'good', keys: pick([-1, 0, 1] as const) }) },
    { weight: 8, make: () => ({ do: 'write', kind: pick(bad), keys: pick([-1, 0, 1] as const) }) },
    { weight: 3, make: () => ({ do: 'swap-back' }) },
    { weight: 4, make: () => ({ do: 'burst', kinds: Array.from({ length: 2 + below(4) }, kind) }) },
    { weight: 2, make: () => ({ do: 'torn', at: pick(steps), lasts: lasts() }) },
    { weight: 1, make: () => ({ do: 'kubelet-crash', at: pick(steps) }) },
    { weight: 4, make: () => ({ do: 'replace-while-validated', kind: kind() }) },
    { weight: 3, make: () => ({ do: 'restart-app', lasts: 0 }) },
    { weight: 2, make: () => ({ do: 'restart-app', lasts: lasts() }) },
    { weight: 1, make: () => ({ do: 'crash-loop', times: 1 + below(3) }) },
    { weight: 2, make: () => ({ do: 'stop-app', lasts: lasts() }) },
    {
      weight: 6,
      make: () => ({ do: 'kill-rehup', kind: kind(), after: pick(KILL_AFTER_MS), lasts: below(2) }),
    },
    {
      weight: 4,
      make: () => ({ do: 'kill-rehup', kind: kind(), after: pick(MOMENTS), lasts: below(2) }),
    },
    { weight: 1, make: () => ({ do: 'end-rehup', lasts: below(3) }) },
    { weight: 4, make: () => ({ do: 'disk-full', lasts: lasts() }) },
    { weight: 4, make: () => ({ do: 'closed', lasts: lasts() }) },
    { weight: 3, make: () => ({ do: 'damage', what: pick(DAMAGES) }) },
    { weight: 2, make: () => ({ do: 'trigger' }) },
    { weight: 3, make: () => ({ do: 'settle' }) },
  ];
}
