import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createEventBus, type Decision, type EventBus } from '../../../../src/sidecar/events.ts';
import { outcomes } from '../../../../src/sidecar/outcome.ts';
import { createShowHash } from '../../../../src/sidecar/report/hashes.ts';
import { createLogger, logEvents, phrases } from '../../../../src/sidecar/report/log.ts';
import { describeChanges } from '../../../../src/sidecar/snapshot/diff.ts';
import { buildChange, buildDecision, buildPreview } from '../../../support/event-builder.ts';
import { buildProcess } from '../../../support/process-builder.ts';
import { sha256 } from '../../../support/snapshot-builder.ts';
import { waitFor } from '../../../support/wait-for.ts';

type Line = Record<string, unknown>;
type Level = 'debug' | 'info' | 'warn' | 'error';

/** The lines that are logged of what the test emits. */
async function logOf(emit: (events: EventBus) => void, level: Level = 'debug'): Promise<Line[]> {
  const lines: Line[] = [];
  const write = (text: string): void => void lines.push(JSON.parse(text) as Line);
  const logger = await createLogger({ level, format: 'json' }, { write });
  const events = createEventBus();
  logEvents(events, logger, (hash) => `shown-${hash.slice(0, 4)}`);
  emit(events);
  return lines;
}

async function lineOf(decision: Partial<Decision>): Promise<Line | undefined> {
  const [line] = await logOf((events) => events.emit('decided', buildDecision(decision)));
  return line;
}

function emitOneOfEachLevel(events: EventBus): void {
  events.emit('hint', { source: 'poll' });
  events.emit('decided', buildDecision({ outcome: 'reloaded' }));
  events.emit('decided', buildDecision({ outcome: 'rejected' }));
  events.emit('decided', buildDecision({ outcome: 'target-died' }));
}

const target = buildProcess({ pid: 30, comm: 'nginx', container: 'web' });

describe('the line of a decision', () => {
  it('is a fixed phrase with all else in fields', async () => {
    const line = await lineOf({
      outcome: 'reloaded',
      changes: new Map([['/etc/app', buildChange({ changed: ['a'], added: ['b'] })]]),
      targets: [target],
      tookMs: 1003.456,
      swapToReloadMs: 12.04,
    });
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      msg: 'reloaded',
      rule: 'default',
      outcome: 'reloaded',
      action: 'signal',
      target: 'web/nginx (30)',
      mount: '/etc/app',
      changed: ['a'],
      added: ['b'],
      hash: 'shown-abab',
      took_ms: 1003.5,
      swap_to_reload_ms: 12,
    });
  });

  it('holds cause, remedy and the next attempt of a failure', async () => {
    const failure = {
      outcome: 'no-handler',
      reason: 'why',
      remedy: 'what',
      retryInMs: 750.04,
    } as const;
    expect(await lineOf(failure)).toMatchObject({
      level: 'warn',
      msg: 'reload failed',
      outcome: 'no-handler',
      reason: 'why',
      remedy: 'what',
      retry_in_ms: 750,
    });
  });

  it.each(outcomes)(
    'has one of the fixed phrases and levels for the outcome %s',
    async (outcome) => {
      const line = await lineOf({ outcome });
      const expected: Record<string, [string, string]> = {
        reloaded: ['info', phrases.reloaded],
        published: ['info', phrases.published],
        held: ['error', phrases.held],
        'rolled-back': ['error', phrases.reloadFailed],
        'dry-run': ['info', phrases.wouldReload],
        unchanged: ['debug', phrases.nothingToDo],
        filtered: ['info', phrases.nothingToDo],
        'already-current': ['info', phrases.nothingToDo],
        superseded: ['info', phrases.nothingToDo],
        waiting: ['info', phrases.waiting],
        'target-died': ['error', phrases.reloadFailed],
      };
      const [level, msg] = expected[outcome] ?? ['warn', phrases.reloadFailed];
      expect(line).toMatchObject({ level, msg, outcome });
    },
  );
});

describe('the lines of other events', () => {
  const problem = { kind: 'torn-down', reason: 'why', remedy: 'what' } as const;

  it.each<{ what: string; emit: (events: EventBus) => void; line: Line }>([
    {
      what: 'that a mount is watched',
      emit: (events) => events.emit('watch-mode', { mount: '/m', mode: 'inotify' }),
      line: { level: 'debug', msg: 'watch mode set', mount: '/m', mode: 'inotify' },
    },
    {
      what: 'that polling took the place of inotify',
      emit: (events) =>
        events.emit('watch-mode', { mount: '/m', mode: 'poll', reason: 'why', remedy: 'what' }),
      line: { level: 'warn', msg: 'watch mode set', mode: 'poll', reason: 'why', remedy: 'what' },
    },
    {
      what: 'that a mount cannot be read',
      emit: (events) => events.emit('mount-problem', { mount: '/m', problem }),
      line: { level: 'warn', msg: 'mount cannot be read', mount: '/m', ...problem },
    },
    {
      what: 'that a mount can be read again',
      emit: (events) => events.emit('mount-recovered', { mount: '/m' }),
      line: { level: 'info', msg: 'mount can be read again', mount: '/m' },
    },
    {
      what: 'that an update was seen',
      emit: (events) =>
        events.emit('update-seen', {
          rule: 'default',
          changes: new Map([['/m', buildChange({ removed: ['a'] })]]),
          hash: 'cdef',
        }),
      line: { level: 'info', msg: 'update seen', mount: '/m', removed: ['a'], hash: 'shown-cdef' },
    },
    {
      what: 'a hint',
      emit: (events) => events.emit('hint', { source: 'poll', mount: '/m' }),
      line: { level: 'debug', msg: 'hint', source: 'poll', mount: '/m' },
    },
    {
      what: 'the end',
      emit: (events) => events.emit('stopping', { reason: 'SIGTERM' }),
      line: { level: 'info', msg: 'stopping', reason: 'SIGTERM' },
    },
  ])('say $what', async ({ emit, line }) => {
    expect(await logOf(emit)).toEqual([expect.objectContaining(line)]);
  });

  it('say for each rule what it watches and whom it would act on', async () => {
    const lines = await logOf((events) =>
      events.emit('watching', {
        rules: [
          buildPreview({ rule: 'one', mounts: ['/a', '/b'], targets: [target] }),
          buildPreview({ rule: 'two', action: 'http' }),
        ],
      }),
    );
    expect(lines).toMatchObject([
      {
        msg: 'watching',
        level: 'info',
        rule: 'one',
        mount: ['/a', '/b'],
        target: 'web/nginx (30)',
      },
      { msg: 'watching', level: 'info', rule: 'two', action: 'http', mount: '/etc/app' },
    ]);
  });

  it('say what would stand against a reload, and when nothing does any more, where nobody else does', async () => {
    const failure = { outcome: 'no-handler', reason: 'why', remedy: 'what' } as const;
    const lines = await logOf((events) => {
      events.emit('reloadable', { rule: 'one', failure, news: true });
      events.emit('reloadable', { rule: 'one', news: true });
      events.emit('reloadable', { rule: 'one', failure, news: false });
    });
    expect(lines).toMatchObject([
      { msg: 'target cannot be reloaded', level: 'warn', rule: 'one', ...failure },
      { msg: 'target can be reloaded', level: 'info', rule: 'one' },
    ]);
    expect(lines).toHaveLength(2);
  });

  it('say of a target that is not there yet that it is awaited, which is no trouble', async () => {
    const awaited = { outcome: 'no-target', reason: 'why', remedy: 'what' } as const;
    const rules = [buildPreview({ awaited })];
    const [, line] = await logOf((events) => events.emit('watching', { rules }));
    expect(line).toMatchObject({ msg: 'no target yet', level: 'info', rule: 'default' });
    expect(line).toHaveProperty('reason', 'why');
  });

  it('are left out below the level that is asked for', async () => {
    const counts = await Promise.all(
      (['debug', 'info', 'warn', 'error'] as const).map(
        async (level) => (await logOf(emitOneOfEachLevel, level)).length,
      ),
    );
    expect(counts).toEqual([4, 3, 2, 1]);
  });
});

describe('the changes in a line', () => {
  it('are key names alone for one mount, and paths for several', () => {
    const one = new Map([['/m', buildChange({ changed: ['a', 'd/b'] })]]);
    expect(describeChanges(one)).toEqual({ mount: '/m', changed: ['a', 'd/b'] });
    const two = new Map([...one, ['/n', buildChange({ changed: ['c'], removed: ['e'] })]]);
    expect(describeChanges(two)).toEqual({
      mount: ['/m', '/n'],
      changed: ['/m/a', '/m/d/b', '/n/c'],
      removed: ['/n/e'],
    });
    expect(describeChanges(new Map())).toEqual({});
  });

  it.each([
    { count: 20, last: 'key-20' },
    { count: 21, last: 'and 1 more' },
    { count: 5000, last: 'and 4980 more' },
  ])('are cut short after twenty of $count keys', ({ count, last }) => {
    const added = Array.from({ length: count }, (_, index) => `key-${index + 1}`);
    const described = describeChanges(new Map([['/m', buildChange({ added })]]));
    const shown = 'added' in described ? (described.added as string[]) : [];
    expect(shown.at(-1)).toBe(last);
    expect(shown.length).toBe(Math.min(count, 21));
  });
});

describe('secrets', () => {
  it('do not show by the hash of a volume that may hold one', async () => {
    const hash = sha256('hunter2');
    const lines: string[] = [];
    const stream = { write: (text: string): void => void lines.push(text) };
    const logger = await createLogger({ level: 'debug', format: 'json' }, stream);
    const events = createEventBus();
    logEvents(
      events,
      logger,
      createShowHash(() => new Map([['default', [{ path: '/etc/tls' }]]])),
    );
    const changes = new Map([['/etc/tls', buildChange({ changed: ['password'] })]]);
    events.emit('update-seen', { rule: 'default', changes, hash });
    events.emit('decided', buildDecision({ outcome: 'reloaded', changes, hash }));
    expect(lines).toHaveLength(2);
    expect(lines.join('')).toContain('password');
    expect(lines.join('')).not.toContain(hash.slice(0, 12));
  });
});

async function showPretty(
  level: 'info' | 'debug',
  log: (events: EventBus) => void,
  colors = false,
): Promise<string> {
  let text = '';
  const stream = { write: (line: string): void => void (text += line) };
  const logger = await createLogger({ level, format: 'pretty', colors }, stream);
  const events = createEventBus();
  logEvents(events, logger, () => 'c0ffee');
  log(events);
  await waitFor('the log', () => text.endsWith('\n'));
  return text;
}

describe('the pretty format', () => {
  const changes = new Map([['/etc/app', buildChange({ changed: ['app.conf'] })]]);
  const update = (events: EventBus): void => {
    events.emit('update-seen', { rule: 'default', changes, hash: 'x' });
    events.emit('decided', buildDecision({ outcome: 'superseded', changes }));
    events.emit('decided', buildDecision({ outcome: 'reloaded', changes, tookMs: 1040 }));
  };

  it('has one line for a reload', async () => {
    expect(await showPretty('info', update)).toMatch(
      /^\d\d:\d\d:\d\d reloaded .*: app\.conf \(in 1\.0 s\)\n$/,
    );
  });

  it('has the remedy below what failed', async () => {
    const failed = buildDecision({
      outcome: 'no-handler',
      changes,
      reason: 'it would die',
      remedy: 'set REHUP_SIGNAL',
      retryInMs: 2000,
    });
    expect(await showPretty('info', (events) => events.emit('decided', failed))).toMatch(
      /^\S+ reload failed .*: no-handler, app\.conf; it would die \(again in 2\.0 s\)\n +remedy: set REHUP_SIGNAL\n$/,
    );
  });

  it('has all fields of every line at the level debug', async () => {
    const text = await showPretty('debug', update);
    expect(text).toMatch(/update seen\n +rule: "default"\n/);
    expect(text).toContain('hash: "c0ffee"');
    expect(text).toContain('outcome: "superseded"');
  });

  it('has colours where they are wanted', async () => {
    const coloured = await showPretty('info', update, true);
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured)).toMatch(/ reloaded /);
  });
});
