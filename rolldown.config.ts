import { defineConfig } from 'rolldown';

// One bundle, in pieces: what is not always needed (command line, HTTP, metrics, …) is a file of its
// own, because the source text of a loaded file stays in memory. CommonJS, because an ES module that
// imports a module of Node loads all that hangs on it, and keeps it (docs/decisions.md).
export default defineConfig({
  input: { rehup: 'cmd/main.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'cjs',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
});
