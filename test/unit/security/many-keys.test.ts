// Whoever writes a text with many keys takes no more of our time than it takes to read them.
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../../src/config/file.ts';
import { ConfigError } from '../../../src/system/errors.ts';
import { parseManifests } from '../../../src/tools/manifest/document.ts';

const MANY = 5000;

const lines = (count: number, toLine: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => toLine(index)).join('\n');

const manifest = (count: number): void => {
  const data = lines(count, (index) => `  key-${index}: x`);
  const read = parseManifests({ file: 'a.yaml', text: `kind: ConfigMap\ndata:\n${data}\n` });
  expect(read.flatMap(({ problems }) => problems)).toEqual([]);
};

const unknownOptions = (count: number): void => {
  const text = lines(count, (index) => `unknown${index}: x`);
  expect(() => parseConfigFile(text, 'rehup.yaml')).toThrow(`has ${count - 50} more of them`);
};

const rules = (count: number): void => {
  const text = `rules:\n${lines(count, (index) => `- {name: r${index}, url: x}`)}\n`;
  expect(parseConfigFile(text, 'rehup.yaml').rules).toHaveLength(count);
};

/** Of this process, whatever else the machine does; the least of some tries. */
function cpuOf(run: () => void): number {
  const tries = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return user + system;
  });
  return Math.min(...tries);
}

describe('four times as many keys', () => {
  it.each([
    ['in a manifest', manifest],
    ['that are no options', unknownOptions],
    ['of as many rules', rules],
  ])('%s take about four times as long', (_, run) => {
    run(MANY);
    // A comparison of each with all before it would make it sixteen times.
    expect(cpuOf(() => run(4 * MANY)) / cpuOf(() => run(MANY))).toBeLessThan(9);
  });
});

describe('many problems', () => {
  it('are told of as many as anybody reads', () => {
    const problems = ((): readonly unknown[] => {
      try {
        parseConfigFile(
          lines(200, (index) => `unknown${index}: x`),
          'rehup.yaml',
        );
        return [];
      } catch (error) {
        return error instanceof ConfigError ? error.problems : [];
      }
    })();
    expect(problems).toHaveLength(51);
  });
});
