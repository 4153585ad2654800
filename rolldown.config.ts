import { defineConfig } from 'rolldown';
import { notices } from './scripts/notices.ts';
import { oneByte } from './scripts/one-byte.ts';

// One bundle, in pieces: what is not always needed (command line, HTTP, metrics, …) is a file of its
// own, because the source text of a loaded file stays in memory. CommonJS, because an ES module that
// imports a module of Node loads all that hangs on it, and keeps it (docs/decisions.md).
export default defineConfig({
  input: { rehup: 'cmd/main.ts' },
  platform: 'node',
  // What it has for Node requires its parts by a variable, and they would not be in the bundle.
  resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
  // The package debug takes it where it is there, and a tool of the build brings it along.
  external: ['supports-color'],
  plugins: [notices(), oneByte()],
  output: {
    dir: 'dist',
    format: 'cjs',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
});
