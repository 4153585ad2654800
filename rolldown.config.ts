import { defineConfig } from 'rolldown';
import { notices } from './scripts/notices.ts';

/**
 * pino can log from a thread of its own. rehup does not: a line that explains why it leaves must be
 * written at once. What pino would load for that costs 0.5 MiB, and is left out (docs/decisions.md).
 */
const STAND_INS: Readonly<Record<string, string>> = {
  'thread-stream': 'module.exports = class {};',
  worker_threads: 'exports.isMainThread = true;',
  assert: 'module.exports = (holds, message) => { if (!holds) throw new Error(message); };',
};

/** Modules of pino, and what it writes with. */
const IMPORTERS = /\/node_modules\/(?:pino|sonic-boom)\//;
const STAND_IN = /^stand-in:/;

// One bundle, in pieces: what is not always needed (command line, HTTP, metrics, …) is a file of its
// own, because the source text of a loaded file stays in memory. CommonJS, because an ES module that
// imports a module of Node loads all that hangs on it, and keeps it (docs/decisions.md).
export default defineConfig({
  input: { rehup: 'cmd/main.ts' },
  platform: 'node',
  // What it has for Node requires its parts by a variable, and they would not be in the bundle.
  resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
  plugins: [
    notices(),
    {
      name: 'stand-ins',
      resolveId: (id, importer) =>
        STAND_INS[id] !== undefined && IMPORTERS.test(importer ?? '') ? `stand-in:${id}` : null,
      load: (id) => {
        const code = STAND_INS[id.replace(STAND_IN, '')];
        return STAND_IN.test(id) && code !== undefined ? { code, moduleType: 'js' } : null;
      },
    },
  ],
  output: {
    dir: 'dist',
    format: 'cjs',
    minify: true,
    cleanDir: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
});
