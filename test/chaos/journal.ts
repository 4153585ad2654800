import type { Incarnation, Load } from './records.ts';

/** A start time counts ticks of 10 ms. */
const TICK_MS = 10;

/** Reads the journal of programs/app.sh. */
export function parseJournal(lines: readonly string[], killedBy: string | undefined): Incarnation {
  const begin = /^begin (\d+) (\d+)$/.exec(lines.find((line) => line.startsWith('begin ')) ?? '');
  const kept = lines.filter((line) => line.startsWith('kept '));
  const loads = lines.flatMap((line) => parseLoad(line) ?? []);
  // At its start, too, it may find nothing to read; then it ends.
  const failedStart = loads.some(({ by }) => by === 'start') ? 0 : kept.length;
  const unread = kept.slice(failedStart);
  return {
    pid: begin === null ? undefined : Number(begin[1]),
    startedMs: begin === null ? Number.NaN : Number(begin[2]) * TICK_MS,
    loads,
    vanished: unread
      .filter((line) => line.endsWith('the volume is gone'))
      .map((line) => Number(line.split(' ')[1]) * 1000),
    signals: loads.filter(({ by }) => by === 'signal').length + unread.length,
    killedBy,
    workerDied: lines.includes('worker died'),
  };
}

function parseLoad(line: string): Load | undefined {
  const [word, by, uptime, ...content] = line.split(' ');
  if (word !== 'load' || (by !== 'start' && by !== 'signal')) return undefined;
  return { by, atMs: Number(uptime) * 1000, content: content.join(' ') };
}
