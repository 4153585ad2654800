/** A cell: its text, and what is done to it once it is laid out. */
export type Cell = string | { text: string; paint: (text: string) => string };

export type Table = {
  heads: readonly string[];
  rows: readonly (readonly Cell[])[];
};

const GAP = '  ';

/**
 * Lays out columns side by side, in at most `width` characters: the widest columns give way first,
 * and what does not fit goes on in the next line of its own column.
 */
export function layOut({ heads, rows }: Table, width: number, paintHead: Paint): string[] {
  const cells = rows.map((row) => row.map(toCell));
  const texts = [heads, ...cells.map((row) => row.map(({ text }) => text))];
  const natural = heads.map((_, column) =>
    Math.max(...texts.map((row) => lengthOf(row[column] ?? ''))),
  );
  const widths = shrink(natural, width - GAP.length * (heads.length - 1));
  const headCells = heads.map((text) => ({ text, paint: paintHead }));
  return [headCells, ...cells].flatMap((row) => layOutRow(row, widths));
}

type Paint = (text: string) => string;
type PaintedCell = { text: string; paint: Paint };

function toCell(cell: Cell): PaintedCell {
  return typeof cell === 'string' ? { text: cell, paint: (text) => text } : cell;
}

/** The least that a column may be squeezed to. */
const NARROWEST = 8;

function shrink(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  for (;;) {
    const sum = widths.reduce((total, width) => total + width, 0);
    const widest = Math.max(...widths);
    if (sum <= room || widest <= NARROWEST) return widths;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}

function layOutRow(row: readonly PaintedCell[], widths: readonly number[]): string[] {
  const columns = row.map(({ text }, column) => wrap(text, widths[column] ?? 0));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map(({ paint }, column) => {
        const text = columns[column]?.[line] ?? '';
        const isLast = column === row.length - 1;
        return paint(text) + (isLast ? '' : ' '.repeat((widths[column] ?? 0) - lengthOf(text)));
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** Breaks at spaces where it can, and anywhere where a word alone is too long. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (lengthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = chunk(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

function chunk(word: string, width: number): string[] {
  const characters = Array.from(word);
  const count = Math.max(1, Math.ceil(characters.length / width));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * width, (index + 1) * width).join(''),
  );
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
