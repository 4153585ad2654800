import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Event, furtherEvents, mainEvents, type World } from './events.ts';
import {
  conclude,
  createWorld,
  describeViolation,
  GAP_MS,
  parseSteps,
  play,
  type Step,
  take,
} from './play.ts';
import { everySequence, isWithin } from './sequences.ts';

/** What a violation prints, to see it again; longer sequences and more of them, for who has the time. */
const { MODEL_EVENTS, MODEL_LENGTH = '4', MODEL_RUNS = '1500', MODEL_SEED } = process.env;

type Found = { events: readonly Event[]; description: string };

describe.skipIf(MODEL_EVENTS)(
  'whatever happens, the app has the content, or it is known why not',
  () => {
    it(`in every sequence of up to ${MODEL_LENGTH} events`, async () => {
      const found: Found[] = [];
      let played = 0;
      const sequences = everySequence(mainEvents, Number(MODEL_LENGTH));
      for (let next = sequences.next(); next.done !== true;) {
        const events = next.value;
        const steps = events.map((event) => ({ event, thenMs: GAP_MS }));
        const { violations, stoppedAt } = await play(steps);
        if (stoppedAt === undefined) played += 1;
        // The shortest says it all.
        if (violations.length > 0 && !found.some((one) => isWithin(one.events, events))) {
          found.push({ events, description: describeViolation(steps, violations) });
        }
        next = sequences.next(stoppedAt);
      }
      expect(found.map(({ description }) => description)).toEqual([]);
      expect(played).toBeGreaterThan(mainEvents.length ** Number(MODEL_LENGTH) / 3);
    });

    it('in long sequences, at any moments', async () => {
      const command = fc
        .record({
          event: fc.constantFrom(...mainEvents, ...furtherEvents),
          // Within one tick of the clock, the quiet window, an attempt, a pause before a retry; or after.
          thenMs: fc.constantFrom(10, GAP_MS, 150, 250, 1500, 30_000),
        })
        .map(toCommand);
      const sequences = fc.commands([command], { maxCommands: 30, size: 'max' });
      await fc.assert(
        fc.asyncProperty(sequences, async (commands) => {
          const world = await createWorld();
          const taken: Step[] = [];
          await fc.asyncModelRun(() => ({ model: world, real: taken }), commands);
          const violations = await conclude(world);
          if (violations.length > 0) throw new Error(describeViolation(taken, violations));
        }),
        {
          numRuns: Number(MODEL_RUNS),
          ...(MODEL_SEED !== undefined && { seed: Number(MODEL_SEED) }),
          reporter: ({ failed, seed, errorInstance }) => {
            if (failed) throw new Error(`${String(errorInstance)} (MODEL_SEED=${seed})`);
          },
        },
      );
    });
  },
);

describe('what is not as it should be', () => {
  it.each<[string, (world: World) => void, string]>([
    [
      'an app that never gets its signals',
      ({ pod }) => (pod.signal = () => {}),
      'the app holds A, mounted is B, and nothing says why',
    ],
    [
      'a signal to a process that was not chosen',
      ({ pod, rehup }) => {
        const { signal } = pod;
        pod.signal = (target) => signal({ ...target, startedMs: target.startedMs - 10 });
        rehup.force();
      },
      'a signal to a process that was not chosen, or without a handler',
    ],
    [
      'what goes on when rehup has stopped',
      ({ pod }) => void pod.clock.sleep(10_000_000),
      'something is left waiting',
    ],
  ])('is noticed: %s', async (_, spoil, violation) => {
    const world = await createWorld();
    spoil(world);
    for (const step of parseSteps('swap-to-B')) await take(world, step);
    expect(await conclude(world)).toContain(violation);
  });
});

it.runIf(MODEL_EVENTS)(
  'these events leave the app with the content, or it is known why',
  async () => {
    expect((await play(parseSteps(MODEL_EVENTS ?? ''))).violations).toEqual([]);
  },
);

/** A step as fast-check takes it; those that were taken are written down. */
function toCommand(step: Step): fc.AsyncCommand<World, Step[]> {
  return {
    check: (world) => step.event.isPossible(world),
    run: async (world, taken) => {
      taken.push(step);
      await take(world, step);
    },
  };
}
