import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutants } from '../mutants/list.ts';
import { applyMutant, type Mutant } from '../mutants/mutant.ts';

function mutant(find: string, replace: string): Mutant {
  return { name: 'a fault', file: 'a.ts', find, replace, suites: [] };
}

describe('applyMutant', () => {
  it('puts the fault in the place, however its lines are broken', () => {
    const text = 'const a = 1;\nif (isGone(path,\n  handle)) {\n  throw gone;\n}\n';
    const changed = applyMutant(text, mutant('if (isGone(path, handle)) { throw gone; }', ''));
    expect(changed).toBe('const a = 1;\n\n');
  });

  it('takes signs of regular expressions, and of replacements, for themselves', () => {
    expect(applyMutant('[a?.b ?? (c)]', mutant('a?.b ?? (c)', '$&$1'))).toBe('[$&$1]');
  });

  it.each([
    ['is not there', 'return other;', 0],
    ['is there twice', 'return one;', 2],
  ])('refuses a place that %s', (_, find, times) => {
    const text = 'if (a) return one;\nreturn one;\n';
    expect(() => applyMutant(text, mutant(find, ''))).toThrow(`there ${times} times`);
  });
});

describe('every mutant', () => {
  it.each(mutants)('has its place in $file: $name', (one) => {
    const text = readFileSync(new URL(`../../src/${one.file}`, import.meta.url), 'utf8');
    expect(applyMutant(text, one)).not.toBe(text);
  });
});
