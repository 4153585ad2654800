import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../../src/sidecar/events.ts';
import { createNotice } from '../../../src/kubernetes/notice.ts';
import type { ProblemKind } from '../../../src/kubernetes/problem.ts';
import { buildProblem } from '../../support/problem-builder.ts';

type Step = [part: string, kind: ProblemKind | undefined];

/** What is told of these steps: the kind of each problem, and `works` of each recovery. */
function tell(...steps: Step[]): string[] {
  const told: string[] = [];
  const events = createEventBus();
  events.on('api-problem', ({ feature, reason, remedy }) => {
    expect({ feature, remedy }).toEqual({ feature: 'prompt', remedy: 'none' });
    told.push(reason.replace(', of the test', ''));
  });
  events.on('api-recovered', () => told.push('works'));
  const notice = createNotice('prompt', events);
  for (const [part, kind] of steps) notice(part, kind && buildProblem(kind));
  return told;
}

describe('a notice', () => {
  it.each<[string, Step[], string[]]>([
    [
      'nothing while all works',
      [
        ['a', undefined],
        ['a', undefined],
      ],
      [],
    ],
    [
      'nothing of what passes by itself',
      [
        ['a', 'unreachable'],
        ['a', undefined],
      ],
      [],
    ],
    [
      'what does not pass, once, and that it is over, once',
      [
        ['a', 'unreachable'],
        ['a', 'unreachable'],
        ['a', 'unreachable'],
        ['a', undefined],
        ['a', undefined],
      ],
      ['unreachable', 'works'],
    ],
    [
      'at once what never passes',
      [
        ['a', 'forbidden'],
        ['a', 'forbidden'],
      ],
      ['forbidden'],
    ],
    [
      'anew what comes again',
      [
        ['a', 'not-found'],
        ['a', undefined],
        ['a', 'not-found'],
      ],
      ['not-found', 'works', 'not-found'],
    ],
    [
      'one problem of the API server once, however many parts have it, until none has it',
      [
        ['a', 'unreachable'],
        ['b', 'unreachable'],
        ['a', 'unreachable'],
        ['b', 'unreachable'],
        ['a', undefined],
        ['b', undefined],
      ],
      ['unreachable', 'works'],
    ],
    [
      'each verb that is missing',
      [
        ['a', 'forbidden'],
        ['b', 'forbidden'],
        ['a', undefined],
        ['b', undefined],
      ],
      ['forbidden', 'forbidden', 'works'],
    ],
    [
      'that an outage is over while a verb is still missing',
      [
        ['a', 'forbidden'],
        ['b', 'unreachable'],
        ['b', 'unreachable'],
        ['b', undefined],
      ],
      ['forbidden', 'unreachable', 'works'],
    ],
    [
      'a problem that turns into another one',
      [
        ['a', 'no-access'],
        ['a', 'forbidden'],
        ['a', undefined],
      ],
      ['no-access', 'forbidden', 'works'],
    ],
  ])('tells %s', (_, steps, expected) => {
    expect(tell(...steps)).toEqual(expected);
  });
});
