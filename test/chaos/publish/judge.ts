import type { LogLine } from '../../support/start-rehup.ts';
import { pidOf, targetsOf, toldAt } from '../lines.ts';
import type { Run } from '../records.ts';
import { identify, type Identity, isBad } from './content.ts';
import type { PublishRecords } from './records.ts';
import type { Sight } from './reader.ts';

/** Between a line's time and that of the test's own records. */
const SLACK_MS = 1000;

/** How long after the test has done something to the app rehup may take it for a failure of the app. */
const DISTURBED_MS = 5000;

/**
 * What must never be, whatever happened. Of good content it may look as if the app had failed with it:
 * where the test ended or stopped the app just then.
 */
export function judgePublish(records: PublishRecords): string[] {
  const { incarnations, runs, bystanders, isReaderRunning } = records;
  const known = createKnown(records);
  return [
    ...bystanders,
    ...(isReaderRunning ? [] : ['the tight reader has ended']),
    ...judgeSights(records),
    ...judgeSeen(records),
    ...incarnations.flatMap(({ pid, killedBy, workerDied }) => [
      ...(killedBy === undefined || (records.shape.action === 'restart' && killedBy === 'SIGTERM')
        ? []
        : [`the app ${pid} was killed by ${killedBy}`]),
      ...(workerDied ? [`a worker of the app ${pid} was killed`] : []),
    ]),
    ...runs.flatMap((run) => judgeRun(run, records, known)),
    ...judgeQuarantine(records, known),
  ];
}

type Known = (hash: string | undefined) => Identity[];

/** Contents of the source that have this hash. */
function createKnown({ swaps }: PublishRecords): Known {
  const byHash = new Map<string, Identity[]>();
  for (const { hash, content } of swaps) {
    byHash.set(hash, [...(byHash.get(hash) ?? []), identify(content)]);
  }
  return (hash) => byHash.get(hash ?? '') ?? [];
}

/** Nothing torn and nothing mixed is ever to be seen, and nothing goes missing, but by another's hand. */
function judgeSights({ sights, damaged }: PublishRecords): string[] {
  const isOfDamage = ({ what, atMs }: Sight): boolean =>
    what !== 'torn' && damaged.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
  return sights
    .filter((sight) => !isOfDamage(sight))
    .map(({ what, atMs, text }) => `the reader saw something ${what} at ${atMs}: ${text}`);
}

/** What is shown is content that was there, all of it, and was not refused by the validation. */
function judgeSeen({ seen, swaps, damaged }: PublishRecords): string[] {
  const there = new Set(swaps.map(({ content }) => identify(content).text));
  const isOfDamage = (atMs: number): boolean =>
    damaged.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
  return seen.flatMap(({ atMs, kind, text }) => [
    ...(kind === 'invalid' ? [`content that is invalid was published at ${atMs}: ${text}`] : []),
    ...(there.has(text) || isOfDamage(atMs)
      ? []
      : [`content that never was is published at ${atMs}: ${text}`]),
  ]);
}

/** rehup runs until it is ended, and what it says is true. */
function judgeRun(
  { lines, stderr, end }: Run,
  { incarnations, disturbed, runs, damaged }: PublishRecords,
  known: Known,
): string[] {
  const isDisturbed = (line: LogLine): boolean =>
    disturbed.some((ms) => Math.abs(toldAt(line) - ms) < DISTURBED_MS);
  /** The machine has not let it load in time, which nobody can tell from an app that hangs. */
  const isSlow = (line: LogLine, contents: readonly Identity[]): boolean =>
    line.reason?.includes('was not answered') === true ||
    (line.reason?.startsWith('unverified') === true &&
      !incarnations.some(({ loads }) =>
        loads.some(
          ({ atMs, content }) =>
            atMs < toldAt(line) && contents.some(({ text }) => text === identify(content).text),
        ),
      ));
  const wrong = lines.flatMap((line): string[] => {
    const contents = known(line.hash);
    const kinds = contents.map(({ kind }) => kind);
    const complain = (what: string): string[] => [
      `${what} (${contents.map(({ text }) => text).join(' or ')}): ${JSON.stringify(line)}`,
    ];
    switch (line.outcome ?? '') {
      case 'published': {
        if (kinds.length === 0) return complain('rehup published content that never was');
        if (kinds.every((kind) => kind === 'invalid'))
          return complain('rehup published invalid content');
        const targets = targetsOf(line);
        if (targets.length === 0) return [];
        if (kinds.every(isBad)) return complain('rehup says that bad content is proved');
        const have = targets.filter((target) =>
          incarnations.some(
            ({ pid, loads }) =>
              pid === pidOf(target) &&
              loads.some(({ content }) =>
                contents.some(({ text }) => text === identify(content).text),
              ),
          ),
        );
        const hasNext = line.action === 'restart';
        const isDamaged = damaged.some(
          ({ fromMs, toMs }) => toldAt(line) >= fromMs && toldAt(line) <= toMs + SLACK_MS,
        );
        return have.length === targets.length || hasNext || isDamaged
          ? []
          : complain('rehup says that an app has content that it never loaded');
      }
      case 'held': {
        if (line.reason?.startsWith('the app failed with this content before') === true) {
          const isTold = runs.some((run) =>
            run.lines.some((other) => other.outcome === 'rolled-back' && other.hash === line.hash),
          );
          const mayBeUntold = runs.some((run) => run.end === 'killed');
          return isTold || mayBeUntold ? [] : complain('rehup holds what nobody has failed with');
        }
        return kinds.includes('invalid') ? [] : complain('rehup holds content that is valid');
      }
      case 'rolled-back':
        if (kinds.some((kind) => kind === 'dies' || kind === 'fails')) return [];
        if (kinds.every((kind) => kind === 'invalid'))
          return complain('rehup tried invalid content');
        return isDisturbed(line) || isSlow(line, contents)
          ? []
          : complain('rehup took good content back');
      default:
        return [];
    }
  });
  return [
    ...(end === 'itself' ? ['rehup ended by itself'] : []),
    ...(stderr.length === 0 ? [] : [`rehup wrote to stderr: ${stderr.join('\n')}`]),
    ...wrong,
  ];
}

/** What was rolled back is not shown again until the source holds something else, or somebody asks. */
function judgeQuarantine(records: PublishRecords, known: Known): string[] {
  const { runs, seen, swaps, triggers, damaged } = records;
  const lines = runs.flatMap((run) => run.lines.filter(({ outcome }) => outcome === 'rolled-back'));
  return lines.flatMap((line) => {
    const toldMs = toldAt(line);
    const of = known(line.hash).map(({ text }) => text);
    const later = seen.filter(({ atMs, text }) => atMs > toldMs + SLACK_MS && of.includes(text));
    return later.flatMap(({ atMs, text }) => {
      const isFree = (ms: number): boolean => ms > toldMs - SLACK_MS && ms < atMs;
      const differs = swaps.some(({ toMs }) => isFree(toMs));
      const asked = triggers.some(isFree) || damaged.some(({ fromMs }) => isFree(fromMs));
      return differs || asked
        ? []
        : [`content that was rolled back at ${toldMs} is shown again at ${atMs}: ${text}`];
    });
  });
}
