import { environmentName, groups } from './option.ts';
import { optionNames, options } from './options.ts';

/** The option table in Markdown, by group: made from the same table as the help. */
export function renderOptionTables(): string {
  return groups
    .map((group) => {
      const rows = optionNames
        .filter((name) => options[name].group === group)
        .map((name) => {
          const { flag, help, default: fallback } = { ...options[name] };
          const value = fallback === undefined ? '' : `\`${fallback}\``;
          return `| \`--${flag}\` | \`${environmentName(flag)}\` | ${value} | ${escapeCell(help)} |`;
        });
      return [
        `### ${group}`,
        '',
        '| flag | environment | default | meaning |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

function escapeCell(text: string): string {
  return text
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/[<>]/g, (char) => (char === '<' ? '&lt;' : '&gt;'));
}
