import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulateApplies } from '../../../../scripts/fleet/apply/table.ts';
import { FLEETS, scaleSections } from '../../../../scripts/fleet/pages.ts';
import { defaultSettings } from '../../../../scripts/fleet/settings.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/scale.md'), 'utf8');
const settings = { seed: 1, settings: defaultSettings };
const applies = await simulateApplies({ ...settings, pods: FLEETS });
const sections = scaleSections(settings, applies);

/** Those that take long are made of the same simulation. */
const SLOW = new Set(['fleets', 'rates', 'splays', 'waves', 'rejections']);

describe('docs/scale.md', () => {
  it.each(Object.keys(sections))('has a table of %s', (name) => {
    expect(page).toContain(`<!-- generated:${name} -->`);
  });

  it.each(Object.entries(sections).filter(([name]) => !SLOW.has(name)))(
    'shows what the simulation says of %s; if not: npm run simulate:fleet -- --write',
    (name, render) => {
      const [, written = ''] = page.split(`<!-- generated:${name} -->`);
      const [table = ''] = written.split('<!-- /generated -->');

      expect(unaligned(table)).toBe(unaligned(render()));
    },
  );
});

/** Without the spaces and dashes that align the columns. */
function unaligned(table: string): string {
  return table.trim().replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}
