import type { LogLine } from '../support/start-rehup.ts';
import { isAct, isActOn, pidOf, targetsOf, toldAt } from './lines.ts';
import type { Incarnation, Records, Run, Swap } from './records.ts';

/**
 * Times of a process and of a file have a resolution of 10 ms each, and rehup takes what is closer
 * than 20 ms for simultaneous.
 */
const MARGIN_MS = 40;

/** How late rehup may be with seeing a swap: the time of a poll, and of a machine that is short of CPU. */
const UNSEEN_MS = 1150;

/**
 * What must never be, whatever happened.
 *
 * A reload is needless where the app has the content already and rehup could know. What it cannot
 * know, and what is therefore no violation:
 *
 * - A process that is older than the last swap, and read the content after it, because it is slow to
 *   start. Nobody but the app knows what it has read.
 * - rehup started again without a state directory: start times are all there is, and a process that is
 *   older than the swap may have been reloaded or not. It is reloaded once more by each such run.
 * - rehup was ended after it had signalled and before it could remember that, or could not write
 *   what it was to remember: the same, with a state directory.
 * - Other content was there while the app was being reloaded, or right after, and went before rehup
 *   read it: the app may have read either.
 * - The mount could not be read right after a reload: nobody knows whether the content was still there
 *   when the app read it.
 * - Somebody has asked for it.
 * - A step of the wall clock after the swap: the swap's time on disk tells nothing any more.
 */
export function judge(records: Records): string[] {
  const { incarnations, runs, bystanders } = records;
  return [
    ...bystanders,
    ...incarnations.flatMap((one) => judgeEnd(one, records)),
    ...incarnations.flatMap((one) => judgeSignals(one, records)),
    ...runs.flatMap((run) => judgeRun(run, records)),
    ...judgeRepeats(records),
    ...incarnations.flatMap((one) => judgeProofs(one, records)),
  ];
}

const name = ({ pid }: Incarnation): string => `the app ${pid ?? '?'}`;

/** No signal without a handler, and none to whom has lost the volume. */
function judgeEnd(app: Incarnation, { tornDown, action }: Records): string[] {
  // What was decided before the volume went may arrive after it.
  const late = app.vanished.filter(
    (atMs) => !tornDown.some((ms) => atMs > ms && atMs < ms + SLACK_MS),
  );
  return [
    ...(app.killedBy === undefined || (action === 'restart' && ENDS.includes(app.killedBy))
      ? []
      : [`${name(app)} was killed by ${app.killedBy}`]),
    ...(app.workerDied ? [`a worker of ${name(app)} was killed`] : []),
    ...(late.length > 0 ? [`${name(app)} was signalled though its volume is gone`] : []),
  ];
}

/** What a restart ends a process by. */
const ENDS: readonly string[] = ['SIGTERM', 'SIGKILL'];

/** How many signals a process got that rehup has not told of, nor could have; yet, if it still proves one. */
export function countUntold(app: Incarnation, { runs, action }: Records): number {
  // Of several requests one may be taken, and the attempt fail all the same.
  if (action === 'http') return 0;
  const acts = runs.flatMap(({ lines }) => lines.filter((line) => isActOn(line, app)));
  // A run that was ended may have sent one more than it could tell.
  const ended = runs.filter(({ end }) => end !== undefined).length;
  return Math.max(0, app.signals - acts.length - ended);
}

/** Each signal is one that rehup sent, and is for a swap that came after the start of the process. */
function judgeSignals(app: Incarnation, records: Records): string[] {
  const { swaps, clockSteps, triggers } = records;
  const untold = countUntold(app, records);
  const excess =
    untold === 0 ? [] : [`${name(app)} got ${untold} signals that rehup tells nothing of`];
  const needless = app.loads
    .filter(({ by }) => by === 'signal')
    .filter(({ atMs }) => {
      const older = swaps.some(
        ({ toMs }) => toMs + MARGIN_MS > app.startedMs && toMs < atMs + MARGIN_MS,
      );
      const asked = triggers.some((ms) => ms < atMs + MARGIN_MS);
      if (older || asked || clockSteps.some((stepMs) => stepMs < atMs)) return false;
      return !wasAskedUnseen(atMs, records);
    })
    .map(
      ({ atMs }) =>
        `${name(app)} was signalled at ${atMs} for content that was there before it started`,
    );
  return [...excess, ...needless];
}

/**
 * A URL is asked even while nobody is seen who could have the content already, as between two runs of
 * the container: here, it answers all the same, and the next run of the app is told.
 */
function wasAskedUnseen(atMs: number, { runs, action }: Records): boolean {
  if (action !== 'http') return false;
  return runs.some(({ lines }) =>
    lines.some((line) => {
      const isRequest = line.outcome !== undefined && line.action === 'http';
      return isRequest && targetsOf(line).length === 0 && Math.abs(toldAt(line) - atMs) <= SLACK_MS;
    }),
  );
}

/** rehup runs until it is ended, acts on nobody but the app, and on nothing but content that there was. */
function judgeRun({ lines, stderr, end }: Run, { swaps, incarnations }: Records): string[] {
  const hashes = new Set(swaps.map(({ hash }) => hash));
  const known = new Set(incarnations.map(({ pid }) => pid));
  const wrong = lines.flatMap((line) => {
    // Between two runs of the app, another may be found to have the content, which is nothing done to it.
    const stranger = targetsOf(line).find((target) => !isApp(target, known));
    const torn = isAct(line) && !hashes.has('') && !hashes.has(line.hash ?? '');
    const invalid = isAct(line) && isInvalid(swaps, line.hash);
    return [
      ...(stranger === undefined || !isAct(line)
        ? []
        : [`rehup took ${stranger} for the app: ${JSON.stringify(line)}`]),
      ...(invalid ? [`rehup acted on content that is invalid: ${line.hash}`] : []),
      ...(torn ? [`rehup acted on content that never was: ${line.hash}`] : []),
    ];
  });
  return [
    ...(end === 'itself' ? ['rehup ended by itself'] : []),
    ...(stderr.length === 0 ? [] : [`rehup wrote to stderr: ${stderr.join('\n')}`]),
    ...wrong,
  ];
}

/** One that has not said its pid yet may be any. */
function isApp(target: string, known: ReadonlySet<number | undefined>): boolean {
  return target.startsWith('app/') && (known.has(pidOf(target)) || known.has(undefined));
}

interface Act {
  readonly line: LogLine;
  readonly run: Run;
}

/** The same process is not reloaded twice in a row for the same content. */
function judgeRepeats(records: Records): string[] {
  const { runs, incarnations } = records;
  return incarnations.flatMap((app) => {
    const acts = runs.flatMap((run) =>
      run.lines
        .filter((line) => line.outcome === 'reloaded' && isActOn(line, app))
        .map((line) => ({ line, run })),
    );
    return acts.flatMap((act, index) => {
      const before = acts.slice(0, index).findLast(({ line }) => line.rule === act.line.rule);
      if (before === undefined || before.line.hash !== act.line.hash) return [];
      if (wasAsked(records, before.run)) return [];
      if (mayHaveReadOther(before.line, records) || couldNotLook(before, act)) return [];
      if (before.run !== act.run && mayRepeat(before.run, act.run, before.line, records)) return [];
      const lines = [before.line, act.line].map((line) => JSON.stringify(line));
      return [`${name(app)} was reloaded twice with ${act.line.hash}:\n${lines.join('\n')}`];
    });
  });
}

/** Whether somebody asked for a reload in this run of rehup or later. */
function wasAsked({ triggers }: Records, run: Run): boolean {
  return triggers.some((ms) => ms >= run.startedMs);
}

function isInvalid(swaps: readonly Swap[], hash: string | undefined): boolean {
  const of = swaps.filter((swap) => swap.hash !== '' && swap.hash === hash);
  return of.length > 0 && of.every(({ content }) => content.includes('=invalid-'));
}

/** `reloaded` means that this process has loaded this content, at its start or by a signal. */
function judgeProofs(app: Incarnation, records: Records): string[] {
  const { runs, swaps, action } = records;
  // A restart is proved by the process that comes after it.
  if (action === 'restart') return [];
  return runs.flatMap(({ lines }) =>
    lines
      .filter((line) => line.outcome === 'reloaded' && isActOn(line, app))
      .filter((line) => {
        const contents = swaps.flatMap(({ hash, content }) =>
          hash !== '' && hash === line.hash ? [content] : [],
        );
        if (contents.length === 0 || mayHaveReadOther(line, records)) return false;
        if (wasReplaced(line, records)) return false;
        return !app.loads.some(({ content }) => contents.includes(content));
      })
      .map((line) => `${name(app)} has never loaded what it was reloaded with: ${line.hash}`),
  );
}

/** Whether newer content came before the app can have read this: between its reading and the signal. */
function wasReplaced(line: LogLine, { swaps }: Records): boolean {
  const at = swaps.findLastIndex(({ hash }) => hash === line.hash);
  const toldMs = toldAt(line);
  return swaps.slice(at + 1).some(({ toMs }) => toMs < toldMs + UNSEEN_MS);
}

/** Whether other content was there while the app took this one, or so soon after that rehup saw only it come back. */
function mayHaveReadOther(line: LogLine, { clockSteps, swaps }: Records): boolean {
  // Where the clock steps, the times of lines tell nothing.
  if (clockSteps.length > 0) return true;
  const toldMs = toldAt(line);
  const { took_ms: tookMs = 0 } = line;
  return swaps.some(({ toMs }) => toMs > toldMs - tookMs && toMs < toldMs + UNSEEN_MS);
}

/** Whether rehup could not read the mount after the one, to see that the content was still there. */
function couldNotLook(before: Act, act: Act): boolean {
  const { lines } = before.run;
  const from = Math.max(0, lines.indexOf(before.line) - TURN_LINES);
  const to = before.run === act.run ? lines.indexOf(act.line) : lines.length;
  return lines.slice(from, to).some(({ msg }) => msg === 'mount cannot be read');
}

/** In one turn of its loop, rehup tells of each mount that it cannot read before it tells of the reload. */
const TURN_LINES = 3;

/** Whether rehup could not know in this run what it did in that one. */
function mayRepeat(then: Run, now: Run, line: LogLine, records: Records): boolean {
  if (!records.stateful) return true;
  const sinceStartMs = Date.parse(line.time) - Date.parse(then.lines[0]?.time ?? line.time);
  // Where the clock steps, the times of lines tell nothing.
  const toldMs = then.startedMs + (records.clockSteps.length > 0 ? 0 : sinceStartMs);
  const untilMs = now.startedMs;
  const isBetween = (run: Run): boolean =>
    run.startedMs >= then.startedMs && run.startedMs < untilMs;
  // An attempt for content that came later begins by forgetting; ended in its middle, nothing is known.
  const ended = records.runs.filter(isBetween).some(({ end }) => end !== undefined);
  const swapped = records.swaps.some(({ toMs }) => toMs > toldMs - SLACK_MS && toMs < untilMs);
  const unwritten = records.diskFull.some(
    ({ fromMs, toMs }) => toMs > toldMs - SLACK_MS && fromMs < untilMs,
  );
  return unwritten || (ended && swapped);
}

/** Between a line's time and that of the test's own records. */
const SLACK_MS = 1000;
