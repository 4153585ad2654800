// The pages are those of the repository as they are: docs, examples, and what stands at its top. Links
// among them work as on GitHub; what is no page of the site leads there.
import { cpSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';

import { createLinkMap } from './links.ts';
import { readSidebar } from './sidebar.ts';

const site = join(import.meta.dirname, '..');
const root = join(site, '..');
const find = (...patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: root }));

const pages = find('*.md', 'docs/**/*.md', 'examples/**/*.md');
const mapLink = createLinkMap(new Set(pages));

// Pages elsewhere than below the packages would not find them.
rmSync(join(site, 'pages'), { recursive: true, force: true });
for (const file of [...pages, ...find('docs/**/*.{svg,webp}')]) {
  cpSync(join(root, file), join(site, 'pages', file));
}

export default defineConfig({
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache',
  base: process.env['SITE_BASE'] ?? '/rehup/',
  rewrites: { 'README.md': 'index.md' },
  title: 'rehup',
  description: 'A sidecar that makes a configuration change take effect in the app next to it',
  lang: 'en',
  // A port that is forwarded.
  ignoreDeadLinks: 'localhostLinks',
  // The compiler's own settings know newer targets than Vite's esbuild does.
  vite: { esbuild: { tsconfigRaw: '{}' } },
  markdown: {
    config: (md) => {
      const showFence = md.renderer.rules.fence?.bind(md.renderer.rules);
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const token = tokens[index];
        return token?.info.trim() === 'mermaid'
          ? `<Diagram code="${encodeURIComponent(token.content)}" />`
          : (showFence?.(tokens, index, ...rest) ?? '');
      };
      md.core.ruler.push('links-of-the-repository', ({ tokens, env }) => {
        const { relativePath } = env as { relativePath: string };
        const page = relativePath === 'index.md' ? 'README.md' : relativePath;
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.type === 'link_open' ? token.attrGet('href') : null;
          if (link !== null) token.attrSet('href', mapLink(page, link));
        }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local', options: { detailedView: true } },
    nav: [
      { text: 'Documentation', link: '/docs/' },
      { text: 'Reference', link: '/docs/reference' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
    sidebar: readSidebar(readFileSync(join(root, 'docs/index.md'), 'utf8')),
    outline: 'deep',
    socialLinks: [{ icon: 'github', link: 'https://github.com/rehup/rehup' }],
    editLink: { pattern: 'https://github.com/rehup/rehup/edit/main/:path' },
  },
});
