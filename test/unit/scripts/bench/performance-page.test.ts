// docs/performance.md and its charts are made of docs/performance.json, and of nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { performanceCharts, performanceSections } from '../../../../scripts/bench/page.ts';
import { readReport } from '../../../../scripts/bench/report.ts';

const docs = join(import.meta.dirname, '../../../../docs');
const report = readReport(join(docs, 'performance.json'));
if (!report) throw new Error('docs/performance.json is missing');

/** Columns are aligned by the formatter. */
function cellsOf(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^[| :-]+$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

describe('docs/performance.md', () => {
  const page = readFileSync(join(docs, 'performance.md'), 'utf8');
  const sections = performanceSections(report);
  const written = (name: string): string =>
    new RegExp(`<!-- generated:${name} -->([\\s\\S]*?)<!-- /generated -->`).exec(page)?.[1] ?? '';

  it('has the table of the results', () => {
    const cells = cellsOf(sections['figures']?.() ?? '');

    expect(cells.length).toBeGreaterThan(10);
    expect(cellsOf(written('figures'))).toEqual(cells);
  });

  it('says on what they were measured', () => {
    expect(written('machine').replaceAll(/\s+/g, ' ').trim()).toBe(sections['machine']?.());
  });
});

describe.each(Object.entries(performanceCharts(report)))('docs/performance/%s', (name, chart) => {
  it('is drawn from the results', () => {
    expect(readFileSync(join(docs, 'performance', name), 'utf8')).toBe(chart);
  });
});
