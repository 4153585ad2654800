import { stringify } from 'yaml';

/** Draws that decide how something is written. Of zeros, all is written plainly. */
export type Draw = (choices: number) => number;

type Context = {
  draw: Draw;
  /** How much further in each level is. */
  step: number;
  comments: { count: number };
};

/** The same data, written by hand in some way or other: YAML that kubectl takes. */
export function writeByHand(root: object, draw: Draw): string {
  const context = { draw, step: 2 + draw(2) * 2, comments: { count: 0 } };
  const lines = writeMap(root, 0, context);
  const text = `${lines.join('\n')}${draw(8) === 7 ? '' : '\n'}`;
  return draw(4) === 3 ? text.replaceAll('\n', '\r\n') : text;
}

function writeMap(map: object, indent: number, context: Context): string[] {
  const entries = Object.entries(map);
  return [
    ...entries.flatMap(([key, value]) => [
      ...remarks(indent, context),
      ...writePair(key, value, indent, context),
    ]),
    ...remarks(indent, context),
  ];
}

function writePair(key: string, value: unknown, indent: number, context: Context): string[] {
  const { draw } = context;
  const blanks = ' '.repeat(indent);
  const name = [key, `"${key}"`, `'${key}'`][draw(12)] ?? key;
  const isExplicit = draw(20) === 19;
  const start = isExplicit ? `${blanks}? ${name}\n${blanks}:` : `${blanks}${name}:`;
  const anchor = draw(15) === 14 ? ` &a${(context.comments.count += 1)}` : '';
  if (value === null) return [`${start}${[anchor, ' null', ' ~', `${anchor} # none`][draw(4)]}`];
  const isEmpty = typeof value === 'object' && Object.keys(value).length === 0;
  if (typeof value !== 'object' || isEmpty || draw(4) === 3) {
    return [`${start}${anchor} ${writeFlow(value, indent, context)}${remark(context)}`];
  }
  if (!Array.isArray(value)) {
    return [
      `${start}${anchor}${remark(context)}`,
      ...writeMap(value, indent + context.step, context),
    ];
  }
  const column = indent + (draw(2) === 1 ? context.step : 0);
  return [`${start}${anchor}${remark(context)}`, ...writeList(value, column, context)];
}

function writeList(list: readonly unknown[], indent: number, context: Context): string[] {
  const blanks = ' '.repeat(indent);
  return [
    ...list.flatMap((item) => {
      const above = remarks(indent, context);
      if (typeof item !== 'object' || item === null || context.draw(5) === 4) {
        const text = `${blanks}- ${writeFlow(item, indent, context)}${remark(context)}`;
        return [...above, text];
      }
      const [first = '', ...rest] = writeMap(item, indent + 2, { ...context, draw: context.draw });
      // What stands behind the hyphen is the first line, unless that is a remark.
      return first.trimStart().startsWith('#') || first.trim() === ''
        ? [...above, `${blanks}-`, first, ...rest]
        : [...above, `${blanks}- ${first.slice(indent + 2)}`, ...rest];
    }),
    ...remarks(indent, context),
  ];
}

function writeFlow(value: unknown, indent: number, context: Context): string {
  const { draw } = context;
  if (typeof value === 'string') return writeText(value, indent, context);
  if (typeof value !== 'object' || value === null) return String(value);
  // What is in brackets may go on anywhere; kubectl does not mind where.
  const isOpen = Object.keys(value).length > 0 && draw(5) === 4;
  const break_ = isOpen ? `\n${' '.repeat(draw(2) === 1 ? indent : indent + 3)}` : '';
  const items = Array.isArray(value)
    ? value.map((item) => inFlow(item, context))
    : Object.entries(value).map(([key, item]) => `${key}: ${inFlow(item, context)}`);
  const comma = isOpen && draw(2) === 1 ? ',' : '';
  const separator = isOpen ? `,${break_}` : ', ';
  const inner = `${break_}${items.join(separator)}${comma}${break_}`;
  return Array.isArray(value) ? `[${inner}]` : `{${inner}}`;
}

function inFlow(value: unknown, { draw }: Context): string {
  if (typeof value === 'object' && value !== null) {
    return draw(2) === 1
      ? JSON.stringify(value)
      : stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  }
  return JSON.stringify(value);
}

function writeText(text: string, indent: number, { draw }: Context): string {
  if (text.includes('\n')) {
    const blanks = ' '.repeat(indent + 4);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => `${blanks}${line}`);
    return `|\n${lines.join('\n')}`;
  }
  if (draw(4) === 3 && text.includes(' ')) {
    return `"${text.replace(' ', draw(2) === 1 ? `\n${' '.repeat(indent)}` : `\n${' '.repeat(indent + 6)}`)}"`;
  }
  return JSON.stringify(text);
}

/** Lines of their own: blank ones, and comments as far in or out as it pleases. */
function remarks(indent: number, context: Context): string[] {
  const { draw, comments } = context;
  const choice = draw(9);
  if (choice < 6) return [];
  if (choice === 6) return [''];
  comments.count += 1;
  const column = [indent, indent + 2, Math.max(0, indent - 2), 0][draw(4)] ?? indent;
  const line = `${' '.repeat(column)}# remark ${comments.count}: { [ - "`;
  return choice === 8 ? ['', line] : [line];
}

function remark({ draw, comments }: Context): string {
  if (draw(10) < 9) return '';
  comments.count += 1;
  return ` # remark ${comments.count}`;
}
