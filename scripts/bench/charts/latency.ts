import { type Area, COLOURS, line, round, sheet, text, ticks } from './svg.ts';

export type Series = { name: string; samples: readonly number[] };

const SIZE = { width: 720, height: 340 };
const AREA: Area = { x: 60, y: 48, width: 630, height: 214 };

/** Beyond this share of the slowest there is no room in the drawing; the foot tells of the longest. */
const SHOWN = 0.995;

/** What share of the updates had had their signal by then. */
export function drawLatency(series: readonly Series[]): string {
  const all = series.flatMap(({ samples }) => samples).toSorted((one, other) => one - other);
  const top = Math.max(1, (all[Math.ceil(all.length * SHOWN) - 1] ?? 1) * 1.05);
  const toX = (ms: number): number => AREA.x + (Math.min(ms, top) / top) * AREA.width;
  const colours = [COLOURS.own, COLOURS.second];
  const longest = (all.at(-1) ?? Number.NaN).toFixed(1);
  return sheet(
    SIZE,
    {
      title: 'From the rename of ..data to the app’s signal handler',
      foot: `${series.map(({ name, samples }) => `${name}: ${samples.length} updates`).join('; ')}; the longest took ${longest} ms.`,
    },
    [
      ...drawGrid(top, toX),
      ...series.map(({ samples }, index) => drawSteps(samples, { toX, colour: colours[index] })),
      ...series.map(({ name }, index) => drawKey(name, index, colours[index])),
    ],
  );
}

type Scale = (value: number) => number;

function toY(share: number): number {
  return AREA.y + AREA.height * (1 - share);
}

function drawGrid(top: number, toX: Scale): string[] {
  const end = 'text-anchor="end" fill="#57606a"';
  const middle = 'text-anchor="middle" fill="#57606a"';
  const shares = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
    line(`M${AREA.x} ${round(toY(share))}h${AREA.width}`),
    text(AREA.x - 8, toY(share) + 4, `${share * 100} %`, end),
  ]);
  const times = ticks(top, 8).flatMap((ms) => [
    line(`M${round(toX(ms))} ${AREA.y}v${AREA.height}`),
    text(toX(ms), AREA.y + AREA.height + 18, `${ms} ms`, middle),
  ]);
  return [...shares, ...times];
}

function drawSteps(
  samples: readonly number[],
  { toX, colour }: { toX: Scale; colour: string | undefined },
): string {
  const sorted = samples.toSorted((one, other) => one - other);
  const steps = sorted.map(
    (ms, index) => `H${round(toX(ms))}V${round(toY((index + 1) / sorted.length))}`,
  );
  return line(`M${round(toX(0))} ${round(toY(0))}${steps.join('')}`, colour, 'stroke-width="2"');
}

function drawKey(name: string, index: number, colour = COLOURS.other): string {
  const x = AREA.x + index * 200;
  const y = AREA.y + AREA.height + 34;
  return `<rect x="${x}" y="${y}" width="14" height="4" fill="${colour}"/>${text(x + 20, y + 7, name)}`;
}
