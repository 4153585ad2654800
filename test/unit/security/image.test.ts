// What the image is made of, as far as its recipe tells; test/e2e/image.test.ts looks into it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const [, final = ''] = /^(FROM gcr\.io[\s\S]*)$/m.exec(dockerfile) ?? [];
const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(final) ?? [];
const command = JSON.parse(entrypoint) as string[];

describe('the image', () => {
  it('ends with a stage that has no shell, and runs nothing while it is built', () => {
    expect(final).toMatch(/^FROM gcr\.io\/distroless\/cc-debian\d+:nonroot$/m);
    expect(final).not.toMatch(/^(?:RUN|ADD|SHELL)\b/m);
    expect(final.match(/^COPY .*$/gm)).toEqual(['COPY --from=build /out/ /']);
  });

  it('runs as no root', () => {
    expect(final).toMatch(/^USER 65532:65532$/m);
  });

  it('runs no scripts of packages while it is built', () => {
    expect(dockerfile).toContain('npm ci --ignore-scripts');
    expect(dockerfile).not.toMatch(/npm (?:install|i)\b/);
  });

  it('does not open the debugger, and writes no core file or report by itself', () => {
    expect(command[0]).toBe('/usr/local/bin/node');
    expect(command).toContain('--disable-sigusr1');
    const dangerous =
      /--(?:inspect|abort-on-uncaught-exception|report-|heapsnapshot|cpu-prof|heap-prof)/;
    expect(command.filter((word) => dangerous.test(word))).toEqual([]);
    expect(dockerfile).not.toMatch(/NODE_OPTIONS/);
  });

  it('is built of nothing that is not asked for', () => {
    expect(readFileSync(join(root, '.dockerignore'), 'utf8')).toMatch(/^\*\n(?:!.*\n)+$/);
  });
});
