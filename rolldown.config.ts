import { defineConfig } from 'rolldown';

// One bundle, in pieces: what is not always needed (command line, HTTP, metrics, …) is a file of its
// own, because the source text of a loaded file stays in memory (docs/decisions.md).
export default defineConfig({
  input: { rehup: 'cmd/main.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  },
});
