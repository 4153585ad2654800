// What the site makes of the pages; that it can be built is tried where its packages are (pages.yml).
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { createLinkMap } from '../site/.vitepress/links.ts';
import { readSidebar, type SidebarItem } from '../site/.vitepress/sidebar.ts';

const root = join(import.meta.dirname, '..');
const index = readFileSync(join(root, 'docs/index.md'), 'utf8');
const sidebar = readSidebar(index);

function linksOf(items: readonly SidebarItem[]): string[] {
  return items.flatMap(({ link, items: below = [] }) => [
    ...(link === undefined ? [] : [link]),
    ...linksOf(below),
  ]);
}

describe('the sidebar of the site', () => {
  it('is by task, as the front page of the docs', () => {
    const tasks = ['Install', 'Reload', 'Restart and replace', 'Check', 'Operate', 'Understand'];
    const texts = sidebar.map(({ text }) => text);
    expect(texts).toEqual(['Start', ...tasks, 'Reference', 'Complete manifests']);
  });

  it('has every page, and no other', () => {
    const files = linksOf(sidebar).map((link) => link.replace(/^[/]|#.*$/g, ''));
    const pages = globSync('docs/*.md', { cwd: root }).filter((page) => page !== 'docs/index.md');
    expect(files).toEqual(expect.arrayContaining(pages));
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

describe('a link of a page', () => {
  const map = createLinkMap(new Set(['README.md', 'docs/install.md', 'examples/nginx/README.md']));

  it.each([
    ['docs/install.md', '../examples/nginx/README.md#x', '/examples/nginx/README.md#x'],
    ['docs/install.md', '#the-uid', '#the-uid'],
    ['README.md', 'docs/install.md', '/docs/install.md'],
    ['docs/install.md', '../README.md#install', '/#install'],
    ['docs/install.md', 'https://example.com/a', 'https://example.com/a'],
  ])('of %s: %s leads to %s', (page, link, leadsTo) => {
    expect(map(page, link)).toBe(leadsTo);
  });

  it('to what is no page leads to the repository', () => {
    const main = 'https://github.com/rehup/rehup';
    expect(map('README.md', 'examples')).toBe(`${main}/tree/main/examples`);
    expect(map('docs/security.md', '../test/unit/a.test.ts')).toBe(
      `${main}/blob/main/test/unit/a.test.ts`,
    );
  });
});
