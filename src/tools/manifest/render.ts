import { stringify } from 'yaml';

/** How the text around is written. */
export type Style = {
  /** `- ` stands further in than the key above. */
  indentLists: boolean;
};

/** `key: value` as a block that begins at a column; its first line is not indented. */
export function renderPair(key: string, value: unknown, column: number, style: Style): string {
  return indentLines(render({ [key]: value }, style), column).slice(column);
}

/** `- value` as a block that begins at a column. */
export function renderItem(value: unknown, column: number, style: Style): string {
  return indentLines(render([value], style), column);
}

/** On one line, for what is written in braces and for JSON. */
export function renderFlow(value: unknown): string {
  return JSON.stringify(value);
}

/** Words that YAML 1.1 reads as true or false are quoted: kubectl reads it so. */
function render(value: unknown, { indentLists }: Style): string {
  return stringify(value, {
    indentSeq: indentLists,
    lineWidth: 0,
    singleQuote: true,
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
  });
}

function indentLines(text: string, column: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(column));
}
