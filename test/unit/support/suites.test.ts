import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeRun } from '../../support/announce.ts';
import { findSuites, heavySuites } from '../../support/suites.ts';

const root = join(import.meta.dirname, '../../..');
const suites = findSuites(root);

describe('the integration tests', () => {
  it('are each in one suite', () => {
    const files = globSync('test/integration/**/*.test.ts', { cwd: root });
    expect(Object.values(suites).flat().toSorted()).toEqual(files.toSorted());
  });

  it('are in a heavy suite for what they import through others, too', () => {
    expect(suites.namespaces).toContain('test/integration/pod/zero-config.test.ts');
    expect(suites.namespaces).toContain('test/integration/doctor/faults.test.ts');
    expect(suites.browser).toContain('test/integration/sidecar/ops/page.test.ts');
    expect(suites.integration).toContain('test/integration/loop/decisions.test.ts');
  });

  it.each(heavySuites)('have a command for the suite %s, which CI runs', (name) => {
    const text = readFileSync(join(root, 'package.json'), 'utf8');
    const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
    expect(scripts[`test:${name}`]).toBe(`vitest run --project ${name}`);
    expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain(`npm run test:${name} --`);
    expect(suites[name]).not.toEqual([]);
  });
});

describe('a run of all tests', () => {
  it('says at its start what it will take, and what is not in it', () => {
    const counts = new Map([
      ['unit', 200],
      ['integration', 70],
    ]);
    const text = describeRun(counts, 2.51);
    expect(text).toMatch(
      /^ 270 test files \(200 unit, 70 integration\), about \d minutes on two idle/,
    );
    expect(text).toContain('; the last time, it took 2.5 minutes here.');
    expect(text).toContain('npm run test:namespaces');
    expect(describeRun(counts, 0.5)).toContain('took 30 s here');
    expect(describeRun(counts, undefined)).not.toContain('the last time');
  });
});
