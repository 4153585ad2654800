import { showText } from '../../system/show.ts';
import type { ToolIo } from '../../system/tool.ts';
import type { Followed } from './follow.ts';
import { describePod, toJson } from './json.ts';
import { createRedraw, describeScreen, type Form, MOST_LINES } from './screen.ts';
import { renderFleet } from './table.ts';

export type Progress = {
  /** A line about what is done. */
  say: (line: string) => void;
  onLook: (followed: readonly Followed[]) => void;
  /** The last word; returns whether all have got there. */
  end: (followed: readonly Followed[]) => boolean;
};

/** With reasons and a bar below. */
const MOST_PODS = MOST_LINES - 6;

/** A live table on a terminal; elsewhere a line for each pod when it gets there, as text or as JSON. */
export function createProgress(io: ToolIo, output: Form | undefined): Progress {
  const form = output ?? 'text';
  const screen = describeScreen(io, form);
  const redraw = createRedraw(io.stdout);
  const isLive = screen.isTerminal && form === 'text';
  const told = new Map<string, string>();

  const tell = ({ report, afterMs }: Followed): void => {
    const { namespace, name, state, reason } = report;
    const text =
      afterMs === undefined ? `${state}${reason === undefined ? '' : `: ${reason}`}` : 'done';
    const id = `${namespace}/${name}`;
    if (told.get(id) === text) return;
    told.set(id, text);
    if (form === 'json') {
      const after = afterMs === undefined ? {} : { afterSeconds: toSeconds(afterMs) };
      io.stdout.write(toJson({ done: afterMs !== undefined, ...after, pod: describePod(report) }));
    } else if (afterMs !== undefined) {
      io.stdout.write(`${showText(name)}: has it (${toSeconds(afterMs)} s)\n`);
    } else if (state !== 'behind') io.stdout.write(`${showText(`${name}: ${text}`)}\n`);
  };

  return {
    say: (line) => {
      if (form === 'text') io.stdout.write(`${showText(line)}\n`);
    },
    onLook: (followed) => {
      if (!isLive) return followed.forEach(tell);
      // Those that are not there yet, where not all fit.
      const open = followed.filter(({ afterMs }) => afterMs === undefined);
      const shown = (followed.length > MOST_PODS ? open : followed).slice(0, MOST_PODS);
      const reports = shown.map(({ report }) => report);
      const table =
        shown.length === 0 ? '' : renderFleet(reports, { ...screen, nowMs: Date.now() });
      return redraw(`${table}${drawBar(followed, screen.width)}\n`);
    },
    end: (followed) => {
      const summary = summarize(followed);
      if (form === 'json') io.stdout.write(toJson(describeEnd(followed)));
      else io.stdout.write(`${summary.map(showText).join('\n')}\n`);
      return followed.every(({ afterMs }) => afterMs !== undefined);
    },
  };
}

/** `all 10 pods have it: the first after 0.8 s, half of them after 1.1 s, the last after 1.4 s`. */
function summarize(followed: readonly Followed[]): string[] {
  const late = followed.filter(({ afterMs }) => afterMs === undefined);
  const count = `${followed.length} ${followed.length === 1 ? 'pod' : 'pods'}`;
  if (late.length === 0) {
    const { first, median, last } = spread(followed);
    return [
      `all of ${count} have it: the first after ${first} s, half of them after ${median} s, the last after ${last} s`,
    ];
  }
  return [
    `${late.length} of ${count} do not have it:`,
    ...[...Map.groupBy(late, ({ report, why }) => `${why}\0${report.remedy}`).values()].flatMap(
      describeLate,
    ),
  ];
}

/** Those that are late for the same reason. */
function describeLate(late: readonly Followed[]): string[] {
  const names = late.map(({ report }) => report.name).join(', ');
  const [first] = late;
  const remedy = first?.report.remedy;
  return [`  ${names}: ${first?.why}`, ...(remedy === undefined ? [] : [`    remedy: ${remedy}`])];
}

function describeEnd(followed: readonly Followed[]): object {
  const late = followed.filter(({ afterMs }) => afterMs === undefined);
  return {
    done: late.length === 0,
    pods: followed.length,
    ...(late.length < followed.length && { afterSeconds: spread(followed) }),
    laggards: late.map(({ report, why }) => ({
      namespace: report.namespace,
      name: report.name,
      state: report.state,
      reason: why,
      remedy: report.remedy,
    })),
  };
}

function spread(followed: readonly Followed[]): { first: number; median: number; last: number } {
  const times = followed
    .flatMap(({ afterMs }) => afterMs ?? [])
    .toSorted((one, other) => one - other);
  const at = (index: number): number => toSeconds(times[index] ?? 0);
  return { first: at(0), median: at(Math.ceil(times.length / 2) - 1), last: at(times.length - 1) };
}

function drawBar(followed: readonly Followed[], width: number): string {
  const done = followed.filter(({ afterMs }) => afterMs !== undefined).length;
  const room = Math.max(10, Math.min(40, width - 20));
  const full = followed.length === 0 ? 0 : Math.floor((room * done) / followed.length);
  return `${'█'.repeat(full)}${'░'.repeat(room - full)} ${done}/${followed.length}`;
}

function toSeconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}
