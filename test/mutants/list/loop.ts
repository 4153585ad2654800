import type { Mutant } from '../mutant.ts';

const loop = 'sidecar/loop.ts';
const settle = 'sidecar/settle.ts';
const suites = ['unit/sidecar/loop.test.ts'];
const settling = ['unit/sidecar/settle.test.ts', 'unit/settler.test.ts'];

/** Turns that come too early, too late or not at all. */
export const loopMutants: readonly Mutant[] = [
  {
    name: 'a mount that cannot be read is not read again by itself',
    file: loop,
    find: 'unread ? REREAD_MS : Number.POSITIVE_INFINITY',
    replace: 'Number.POSITIVE_INFINITY',
    suites,
  },
  {
    name: 'a mount that could not be read at the last look alone is forgotten',
    file: loop,
    find: '({ unread } = reading);',
    replace: 'unread ||= reading.unread;',
    suites,
  },
  {
    name: 'the next rule acts on a view from before the work of the one before',
    file: loop,
    find: 'if (turns.at(-1)?.attempted === true) view = await read(ends.soon);',
    replace: '',
    suites,
  },
  {
    name: 'one rule with something to do does not keep the others from saying that there was nothing',
    file: loop,
    find: 'if (turns.every(({ sayIdle }) => sayIdle))',
    replace: 'if (turns.some(({ sayIdle }) => sayIdle))',
    suites,
  },
  {
    name: 'the least time between two reloads is not kept',
    file: loop,
    find: 'if (turns.some(({ acted }) => acted)) settler.holdUntil(clock.elapsed() + minIntervalMs);',
    replace: '',
    suites,
  },
  {
    name: 'the least time between two reloads begins where nothing was reloaded',
    file: loop,
    find: 'if (turns.some(({ acted }) => acted)) settler',
    replace: 'settler',
    suites,
  },
  {
    name: 'the latest retry of all rules is waited for',
    file: loop,
    find: 'Math.min(...delays,',
    replace: 'Math.max(...delays, 0) || Math.min(',
    suites,
  },
  {
    name: 'a retry that was planned before the turn comes after it, too',
    file: settle,
    find: 'retryAtMs = Number.POSITIVE_INFINITY; return',
    replace: 'return',
    suites: [...suites, ...settling],
  },
  {
    name: 'a retry waits for the next hint',
    file: settle,
    find: 'gathering ? dueAt(gathering, limits, notBeforeMs) : retryAtMs;',
    replace: 'gathering ? dueAt(gathering, limits, notBeforeMs) : Number.POSITIVE_INFINITY;',
    suites: [...suites, ...settling],
  },
  {
    name: 'a turn whose content moved on is not taken again',
    file: loop,
    find: 'movedOn ? MOVED_ON_MS : (retryInMs ?? [])',
    replace: 'movedOn ? [] : (retryInMs ?? [])',
    suites,
  },
  {
    name: 'a further rule begins after the end of the configuration',
    file: loop,
    find: 'ends.soon.throwIfAborted();',
    replace: '',
    suites,
  },
  {
    name: 'the end of a turn is not told',
    file: loop,
    find: "onTurn('end', burst, isUnfinished);",
    replace: '',
    suites,
  },
  {
    name: 'the wait of several mounts is cut short',
    file: 'sidecar/session.ts',
    find: 'mounts.length === 1 && (hint.complete ?? false)',
    replace: 'hint.complete ?? false',
    suites: ['integration/loop/joining.test.ts'],
  },
  {
    name: 'a retry cuts short an update that is under way',
    file: settle,
    find: "if (before && hint.source === 'retry') return before;",
    replace: '',
    suites: settling,
  },
  {
    name: 'hints without end hold the reload off',
    file: settle,
    find: 'gathering.firstMs + maxMs,',
    replace: 'Number.POSITIVE_INFINITY,',
    suites: settling,
  },
  {
    name: 'the splay delays what somebody asked for',
    file: settle,
    find: '(gathering.news ? splayMs : 0)',
    replace: 'splayMs',
    suites: settling,
  },
  {
    name: 'a wish to reload is lost when another hint follows',
    file: settle,
    find: 'force: (before?.force ?? false) || (hint.force ?? false),',
    replace: 'force: hint.force ?? false,',
    suites: settling,
  },
];
