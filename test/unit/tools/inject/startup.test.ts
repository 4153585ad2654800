// The app waits for the start-up probe of a native sidecar: wherever one is written, it comes every second.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
const files = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.{yaml,yml,tpl,md}'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
});

const probes = files.flatMap((file) => {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    /^\s*startupProbe:/.test(line)
      ? [{ file, line: index + 1, text: lines.slice(index, index + 8).join('\n') }]
      : [],
  );
});

describe('every start-up probe that is written down', () => {
  it('is found, at least in the component, the chart and the documentation', () => {
    const places = probes.map(({ file }) => file.split('/').slice(0, 2).join('/'));
    expect(places).toEqual(
      expect.arrayContaining(['docs/operate.md', 'examples/helm', 'examples/kustomize']),
    );
  });

  it.each(probes)('comes every second: $file:$line', ({ text }) => {
    expect(text).toContain('periodSeconds: 1');
    expect(text).toContain('failureThreshold: 30');
  });
});
