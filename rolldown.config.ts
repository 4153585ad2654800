import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { rehup: 'cmd/main.ts' },
  platform: 'node',
  output: { dir: 'dist', format: 'esm', minify: true, entryFileNames: '[name].js' },
});
