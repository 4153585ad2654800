import type { Range, Series } from './prometheus.ts';

export type Panel = {
  type: 'stat' | 'timeseries' | 'table';
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig: {
    defaults: { unit?: string; custom?: { drawStyle?: string } };
    overrides: readonly { properties: readonly { value: string }[] }[];
  };
};

/** A panel with what its queries have found; the name of a series is for the legend. */
export type Drawn = { panel: Panel; series: readonly (Series & { name: string })[] };

const CELL = { width: 40, height: 24 };
const GAP = 6;
const COLOURS = ['#56a64b', '#e0b400', '#3274d9', '#e02f44', '#8f3bb8', '#ff780a', '#37872d'];

/** The grid of the dashboard, with plain lines, bars, figures and rows. */
export function drawDashboard(drawn: readonly Drawn[], range: Range, caption: string): string {
  const rows = Math.max(...drawn.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h));
  const [width, height] = [24 * CELL.width + GAP, rows * CELL.height + GAP + 28];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#f4f5f5"/>`,
    ...drawn.map((each) => drawPanel(each, range)),
    text(GAP + 4, height - 10, caption, 'fill="#464c54"'),
    '</svg>\n',
  ].join('\n');
}

type Box = { x: number; y: number; width: number; height: number };

function drawPanel({ panel, series }: Drawn, range: Range): string {
  const { x, y, w, h } = panel.gridPos;
  const size = { width: w * CELL.width - GAP, height: h * CELL.height - GAP };
  const box = { x: x * CELL.width + GAP, y: y * CELL.height + GAP, ...size };
  const body = { stat: drawStat, timeseries: drawSeries, table: drawTable }[panel.type];
  return [
    `<g><rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="2" fill="#fff" stroke="#dcdfe3"/>`,
    text(box.x + 8, box.y + 16, panel.title, 'font-weight="bold" fill="#24292e"'),
    body({ panel, series }, box, range),
    '</g>',
  ].join('');
}

function drawStat({ series: [only] }: Drawn, { x, y, width, height }: Box): string {
  const value = only?.points.at(-1)?.[1] ?? 0;
  const centre = `font-size="30" text-anchor="middle" fill="${COLOURS[0]}"`;
  return text(x + width / 2, y + height - 18, format(value, 'none'), centre);
}

function drawTable({ panel, series }: Drawn, { x, y, width }: Box): string {
  const unit = panel.fieldConfig.overrides[0]?.properties[0]?.value ?? 'none';
  return series
    .map(({ labels, points }, row) => {
      const at = y + 36 + row * 17;
      const value = format(points.at(-1)?.[1] ?? 0, unit);
      const end = text(x + width - 8, at, value, 'text-anchor="end" fill="#24292e"');
      return text(x + 8, at, Object.values(labels).join('  '), 'fill="#464c54"') + end;
    })
    .join('');
}

function drawSeries({ panel, series }: Drawn, box: Box, range: Range): string {
  const { unit = 'short', custom } = panel.fieldConfig.defaults;
  const isBars = custom?.drawStyle === 'bars';
  const area = { x: box.x + 54, y: box.y + 26, width: box.width - 72, height: box.height - 66 };
  const drawn = series.filter(({ points }) => points.some(([, value]) => Number.isFinite(value)));
  if (drawn.length === 0) {
    const middle = 'text-anchor="middle" fill="#9fa7b3"';
    return text(box.x + box.width / 2, box.y + box.height / 2, 'no data', middle);
  }
  const top = topOf(drawn, isBars);
  const toX = (time: number): number =>
    area.x + ((time - range.from) / (range.to - range.from)) * area.width;
  const toY = (value: number): number => area.y + area.height * (1 - value / top);
  const stacked = new Map<number, number>();
  const bar = (area.width * range.step) / (range.to - range.from);
  const shapes = drawn.map(({ points }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? '';
    const finite = points.filter(([, value]) => Number.isFinite(value));
    if (!isBars) {
      const path = finite.map(([time, value]) => `${round(toX(time))},${round(toY(value))}`);
      return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path.join(' ')}"/>`;
    }
    const bars = finite.filter(([, value]) => value > 0);
    const path = bars.map(([time, value]) => {
      const below = stacked.get(time) ?? 0;
      stacked.set(time, below + value);
      const left = round(toX(time) - bar);
      return `M${left} ${round(toY(below))}v${round(toY(value) - toY(0))}h${round(bar - 1)}V${round(toY(below))}z`;
    });
    return `<path fill="${colour}" d="${path.join('')}"/>`;
  });
  return [drawAxes(area, { top, unit, range }), ...shapes, drawLegend(drawn, box)].join('');
}

/** What the highest bar, or line, comes to. */
function topOf(series: Drawn['series'], isBars: boolean): number {
  const sums = new Map<number, number>();
  for (const [time, value] of series.flatMap(({ points }) => points)) {
    if (!Number.isFinite(value)) continue;
    const before = sums.get(time) ?? 0;
    sums.set(time, isBars ? before + value : Math.max(before, value));
  }
  return Math.max(...sums.values()) * 1.1 || 1;
}

type Scale = { top: number; unit: string; range: Range };

function drawAxes(area: Box, { top, unit, range }: Scale): string {
  const grid = [0, 0.5, 1].map((share) => {
    const y = round(area.y + area.height * (1 - share));
    const line = `<path d="M${area.x} ${y}h${area.width}" stroke="#e9edf2"/>`;
    return (
      line + text(area.x - 6, y + 4, format(top * share, unit), 'text-anchor="end" fill="#9fa7b3"')
    );
  });
  const times = [0, 0.5, 1].map((share) => {
    const minutes = ((range.to - range.from) * share) / 60;
    const x = area.x + area.width * share;
    return text(
      x,
      area.y + area.height + 14,
      `${round(minutes)} min`,
      'text-anchor="middle" fill="#9fa7b3"',
    );
  });
  return [...grid, ...times].join('');
}

function drawLegend(series: Drawn['series'], { x, y, width, height }: Box): string {
  let left = x + 10;
  return series
    .map(({ name }, index) => {
      const colour = COLOURS[index % COLOURS.length] ?? '';
      const at = left;
      left += 24 + name.length * 6;
      if (left > x + width) return '';
      const mark = `<rect x="${at}" y="${y + height - 15}" width="10" height="4" fill="${colour}"/>`;
      return mark + text(at + 14, y + height - 10, name, 'fill="#464c54"');
    })
    .join('');
}

function format(value: number, unit: string): string {
  if (unit !== 's') return String(round(value));
  return value < 1 ? `${round(value * 1000)} ms` : `${round(value)} s`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped}</text>`;
}
