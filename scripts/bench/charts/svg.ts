/** Pixels of the drawing that the axes enclose. */
export type Area = { x: number; y: number; width: number; height: number };

export const COLOURS = { own: '#3274d9', second: '#56a64b', other: '#9fa7b3', budget: '#e02f44' };

const INK = '#24292e';
const GRID = '#e1e4e8';

/** A white sheet with a title, and a line of small print at its foot. */
export function sheet(
  size: { width: number; height: number },
  { title, foot }: { title: string; foot: string },
  shapes: readonly string[],
): string {
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(16, 24, title, `font-weight="bold" fill="${INK}"`),
    ...shapes,
    text(16, height - 12, foot, 'font-size="10" fill="#57606a"'),
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, content: string, attributes = `fill="${INK}"`): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped}</text>`;
}

export function line(path: string, colour = GRID, attributes = ''): string {
  return `<path d="${path}" fill="none" stroke="${colour}" ${attributes}/>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Steps of 1, 2 or 5 times a power of ten from zero, about `wanted` of them. */
export function ticks(top: number, wanted: number): number[] {
  const rough = top / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}
