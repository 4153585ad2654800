// docs/lint.md agrees with what lint finds.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/tools/lint/kinds.ts';

const page = readFileSync(new URL('../../../../docs/lint.md', import.meta.url), 'utf8');
const sections = new Map(
  [...page.matchAll(/^### ([a-z-]+)\n\n([^]*?)(?=^#)/gm)].map(([, id = '', text = '']) => [
    id,
    text,
  ]),
);

describe('docs/lint.md', () => {
  it.each(kinds)('has $id, its severity and what to do', ({ id, severity }) => {
    const text = sections.get(id) ?? '';
    expect(text.toLowerCase()).toMatch(new RegExp(`^${severity}\\b`));
    expect(text).toMatch(/Remed(?:y|ies)\b|The remedy is/);
  });

  it('has no others', () => {
    expect([...sections.keys()]).toEqual(kinds.map(({ id }) => id));
  });
});
