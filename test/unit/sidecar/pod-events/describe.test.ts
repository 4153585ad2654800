import { describe, expect, it } from 'vitest';
import { isTaken, outcomes } from '../../../../src/sidecar/outcome.ts';
import {
  describeCanary,
  describeDecision,
  describeMountProblem,
  describeUnreloadable,
} from '../../../../src/sidecar/pod-events/describe.ts';
import { buildChange, buildDecision } from '../../../support/event-builder.ts';

const changes = new Map([['/etc/app', buildChange({ changed: ['app.conf'], added: ['b'] })]]);

describe('the event of a decision', () => {
  it.each([
    { outcome: 'reloaded', before: false, reason: 'ConfigReloaded', type: 'Normal' },
    { outcome: 'published', before: false, reason: 'ConfigReloaded', type: 'Normal' },
    { outcome: 'reloaded', before: true, reason: 'ConfigReloadRecovered', type: 'Normal' },
    { outcome: 'rejected', before: false, reason: 'ConfigReloadFailed', type: 'Warning' },
    { outcome: 'unreachable', before: true, reason: 'ConfigReloadFailed', type: 'Warning' },
    { outcome: 'no-handler', before: false, reason: 'ConfigNotReloadable', type: 'Warning' },
    { outcome: 'not-permitted', before: true, reason: 'ConfigNotReloadable', type: 'Warning' },
  ] as const)('$outcome, failed before: $before, is $reason', ({ outcome, before, ...event }) => {
    expect(describeDecision(buildDecision({ outcome }), before)).toMatchObject(event);
  });

  it.each(outcomes.filter((outcome) => !isTaken(outcome)))(
    'is a warning or nothing for %s',
    (outcome) => {
      expect([undefined, 'Warning']).toContain(
        describeDecision(buildDecision({ outcome }), false)?.type,
      );
    },
  );

  it('names the keys, and not all of many', () => {
    const note = describeDecision(buildDecision({ outcome: 'reloaded', changes }), false)?.note;
    expect(note).toBe('the app took the new content (app.conf, b)');
    const keys = Array.from({ length: 9 }, (_, index) => `k${index}`);
    const many = new Map([['/etc/app', buildChange({ changed: keys })]]);
    expect(
      describeDecision(buildDecision({ outcome: 'reloaded', changes: many }), false)?.note,
    ).toBe('the app took the new content (k0, k1, k2, k3, k4 and 4 more)');
  });

  it('gives reason and remedy of a failure, and the rule unless it is the only one', () => {
    const decision = buildDecision({
      rule: 'proxy',
      outcome: 'rejected',
      reason: 'status 500',
      remedy: 'look at the log',
    });
    expect(describeDecision(decision, false)?.note).toBe(
      'proxy: rejected: status 500; remedy: look at the log',
    );
  });
});

describe('the event of a target that could not be reloaded', () => {
  it('comes before there is anything to reload, with reason and remedy', () => {
    const failure = {
      outcome: 'no-handler',
      reason: 'it has no handler',
      remedy: 'add one',
    } as const;
    expect(describeUnreloadable('proxy', failure)).toEqual({
      reason: 'ConfigNotReloadable',
      type: 'Warning',
      action: 'Look',
      note: 'proxy: no-handler: it has no handler; remedy: add one',
    });
  });
});

describe('the event of a mount that cannot be read', () => {
  const problem = { reason: 'why', remedy: 'what' };

  it.each(['sub-path', 'torn-down'] as const)('%s takes a person', (kind) => {
    expect(describeMountProblem({ kind, ...problem })).toEqual({
      reason: 'ConfigNotReloadable',
      type: 'Warning',
      action: 'Read',
      note: 'why; remedy: what',
    });
  });

  it.each(['absent', 'unreadable', 'unsteady'] as const)('%s may pass', (kind) => {
    expect(describeMountProblem({ kind, ...problem })).toBeUndefined();
  });
});

describe('the event of a choice between two sources', () => {
  const now = { rule: 'default', source: 'stable', reason: 'no key', place: 1 } as const;
  const mounts = { stable: '/etc/stable', next: '/etc/next' };

  it('tells of a percentage that is none', () => {
    expect(describeCanary({ ...now, mounts, why: 'no-percent', remedy: 'add it' })).toEqual({
      reason: 'ConfigReloadFailed',
      type: 'Warning',
      action: 'Choose',
      note: 'no key; remedy: add it',
    });
  });

  it.each(['chosen', 'not-chosen', 'no-next', 'first', 'refused'] as const)(
    'is none of its own where that is %s',
    (why) => {
      expect(describeCanary({ ...now, mounts, why })).toBeUndefined();
    },
  );
});
