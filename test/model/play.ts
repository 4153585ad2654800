import { type Event, furtherEvents, hintLate, mainEvents, type World } from './events.ts';
import { isBehind } from './model.ts';
import { createPod } from './pod.ts';
import { createRehup, isExplained } from './rehup.ts';

/** An event, and how long it is until the next one. */
export type Step = { event: Event; thenMs: number };

/** Shorter than the quiet window and than an attempt; longer than times are coarse. */
export const GAP_MS = 60;

/** Longer than all retries and the longest pause between two of them. */
const REST_MS = 200_000;

const eventsByName = new Map([...mainEvents, ...furtherEvents].map((event) => [event.name, event]));

/** `swap-to-B,trigger~500,app-ends`: the steps, as a violation is printed. */
export function parseSteps(text: string): Step[] {
  return text.split(',').map((word) => {
    const [name = '', gap = GAP_MS] = word.trim().split('~');
    const event = eventsByName.get(name);
    if (event === undefined) throw new Error(`no event has the name ${name}`);
    return { event, thenMs: Number(gap) };
  });
}

/** What happened, and how to see it again. */
export function describeViolation(steps: readonly Step[], violations: readonly string[]): string {
  const words = steps.map(({ event: { name }, thenMs }) =>
    thenMs === GAP_MS ? name : `${name}~${thenMs}`,
  );
  return `${violations.join('; ')}\nMODEL_EVENTS=${words.join(',')} npm run test:model`;
}

export type Played = {
  /** What was not as it should be. */
  violations: readonly string[];
  /** The place of the first step that made no difference; what follows was not tried. */
  stoppedAt?: number;
};

export async function createWorld(): Promise<World> {
  const pod = createPod();
  const rehup = createRehup(pod);
  await pod.clock.advance(60_000);
  rehup.start({ remembers: false });
  await pod.clock.advance(1000);
  return { pod, rehup };
}

export async function play(steps: readonly Step[]): Promise<Played> {
  const world = await createWorld();
  for (const [place, step] of steps.entries()) {
    if (!step.event.isPossible(world)) {
      await world.rehup.stop();
      return { violations: [], stoppedAt: place };
    }
    await take(world, step);
  }
  return { violations: await conclude(world) };
}

export async function take(world: World, { event, thenMs }: Step): Promise<void> {
  await event.happen(world);
  await world.pod.clock.advance(thenMs);
  if (thenMs >= CALM_MS || event.isCalm === true) expectExplained(world);
}

/** In that time all hints have come, and whatever followed from them has begun. */
const CALM_MS = 10_000;

function expectExplained({ pod, rehup }: World): void {
  // Of a mount that cannot be read, its reader tells.
  if (!rehup.isRunning() || !pod.readable || !isBehind(pod.model) || isExplained(rehup)) return;
  const { app, content } = pod.model;
  pod.violations.push(`the app holds ${app?.holds}, mounted is ${content}, and nothing says why`);
}

/** Lets everything come to rest, twice: as things stand, and with all obstacles out of the way. */
export async function conclude({ pod, rehup }: World): Promise<readonly string[]> {
  const { clock, violations } = pod;
  const expectTrue = (holds: boolean, violation: string): void => {
    if (!holds) violations.push(violation);
  };
  const expectCaughtUp = (): void => {
    const { app, content } = pod.model;
    expectTrue(!isBehind(pod.model), `the app holds ${app?.holds}, mounted is ${content}`);
    expectTrue(!rehup.isPending(), 'rehup believes that the app does not have the content');
  };

  if (!rehup.isRunning()) rehup.start({ remembers: true });
  await clock.advance(REST_MS);
  expectExplained({ pod, rehup });
  expectTrue(!rehup.owes(), 'nothing came of a trigger');

  // Nothing tells of it, but for the mount: rehup has to come back by itself.
  pod.handles = true;
  if (!pod.readable) {
    pod.setReadable(true);
    hintLate({ pod, rehup });
  }
  pod.mishap = undefined;
  if (pod.model.app === undefined) pod.startApp();
  await clock.advance(REST_MS);
  if (pod.model.content === 'bad') {
    pod.swap('A');
    rehup.hint('inotify');
    await clock.advance(REST_MS);
  }
  expectCaughtUp();

  const { app } = pod.model;
  rehup.hint('poll');
  await clock.advance(REST_MS);
  expectTrue(pod.model.app === app, 'the app was reloaded for nothing');

  await rehup.stop();
  expectTrue(clock.sleeping() === 0, 'something is left waiting');
  return violations;
}
