// The threat model names a test for each claim: these tests are there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../../docs');
const text = readFileSync(join(docs, 'security.md'), 'utf8');

const rows = [
  ...text.matchAll(/^\| (.+?) +\| \[[^\]]+\]\((\.\.\/test\/[^)]+)\) +\| (.+?) +\|$/gm),
].map(([, claim = '', file = '', title = '']) => [claim, file, title] as const);

describe('the claims of docs/security.md', () => {
  it('are many', () => {
    expect(rows.length).toBeGreaterThan(50);
  });

  it.each(rows)('%s', (_, file, title) => {
    const path = join(docs, file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(title);
  });

  it('have no row without a test', () => {
    const [, claimed = ''] = text.split(/^## What is claimed, and proved$/m);
    const [tables = ''] = claimed.split(/^## /m, 1);
    const lines = tables.match(/^\| (?!claim|-).*$/gm) ?? [];
    expect(lines).toHaveLength(rows.length);
  });
});
