export type Table = { columns: readonly string[]; rows: readonly (readonly string[])[] };

/** For a terminal: numbers to the right. */
export function renderText({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const isText = columns.map((_, at) => rows.some((row) => !/^[\d.–-]/.test(row[at] ?? '')));
  return lines
    .map((line) =>
      line
        .map((cell, at) =>
          isText[at] === true ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For a page; whoever writes it aligns it. */
export function renderMarkdown({ columns, rows }: Table): string {
  const lines = [columns, columns.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
