import { COLOURS, line, round, sheet, text, ticks } from './svg.ts';

export type Bar = {
  name: string;
  mebibytes: number;
  /** rehup itself, or another for comparison. */
  own: boolean;
  /** What it may be. */
  budget?: number;
};

const WIDTH = 720;
const LEFT = 300;
const ROW = 30;
const TOP = 48;
const PLOT = WIDTH - LEFT - 60;

/** One bar for each program, with a mark where its budget ends. */
export function drawMemory(bars: readonly Bar[], foot: string): string {
  const top = Math.max(...bars.flatMap(({ mebibytes, budget = 0 }) => [mebibytes, budget])) * 1.1;
  const toX = (mebibytes: number): number => LEFT + (mebibytes / top) * PLOT;
  const bottom = TOP + bars.length * ROW;
  const grid = ticks(top, 6).flatMap((mebibytes) => [
    line(`M${round(toX(mebibytes))} ${TOP}V${bottom}`),
    text(toX(mebibytes), bottom + 18, `${mebibytes} MiB`, 'text-anchor="middle" fill="#57606a"'),
  ]);
  const title = 'Anonymous memory of the container after ten updates';
  const drawn = bars.flatMap((bar, row) => drawBar(bar, TOP + row * ROW, toX));
  return sheet({ width: WIDTH, height: bottom + 56 }, { title, foot }, [...grid, ...drawn]);
}

function drawBar(
  { name, mebibytes, own, budget }: Bar,
  y: number,
  toX: (of: number) => number,
): string[] {
  const width = round(toX(mebibytes) - LEFT);
  const colour = own ? COLOURS.own : COLOURS.other;
  const label = mebibytes.toFixed(1);
  return [
    text(LEFT - 10, y + 19, name, 'text-anchor="end" fill="#24292e"'),
    `<rect x="${LEFT}" y="${y + 6}" width="${width}" height="${ROW - 12}" fill="${colour}"/>`,
    // Inside of the bar where it is long enough: the mark of the budget may stand right behind it.
    mebibytes > 3
      ? text(toX(mebibytes) - 6, y + 19, label, 'text-anchor="end" fill="#fff"')
      : text(toX(mebibytes) + 6, y + 19, label),
    ...(budget === undefined
      ? []
      : [line(`M${round(toX(budget))} ${y + 2}v${ROW - 4}`, COLOURS.budget, 'stroke-width="2"')]),
  ];
}
