import { describe, expect, it } from 'vitest';
import { parseConfigFile, type RawFile, RULE_NAME } from '../../src/config/file.ts';
import { loadConfig } from '../../src/config/load.ts';
import { optionNames } from '../../src/config/options.ts';
import { ConfigError } from '../../src/system/errors.ts';
import { configFileJunk, configFiles } from './samples/config-file.ts';
import { fuzz } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

const PATH = '/etc/rehup/config.yaml';

describe('whatever stands in a configuration file', () => {
  it.each(configFiles)('the sample %j is read, or refused', (text) => {
    expectRead(text);
  });

  it('is options as they would be written elsewhere, or is refused with the place', () => {
    fuzz(anyText(configFiles, configFileJunk), expectRead);
  });
});

function expectRead(text: string): void {
  const file = orProblems(() => parseConfigFile(text, PATH));
  if (file === undefined) return;
  expect(file.rules.length).toBeGreaterThan(0);
  for (const { name } of file.rules) expect(name).toMatch(RULE_NAME);
  expect(new Set(file.rules.map(({ name }) => name)).size).toBe(file.rules.length);
  for (const values of valuesOf(file)) {
    for (const [name, value] of Object.entries(values)) {
      expect(optionNames).toContain(name);
      expect(typeof value).toBe('string');
    }
  }
  const config = orProblems(() => loadConfig({ flags: {}, env: {}, file }));
  if (config !== undefined) expect(config.rules).toHaveLength(file.rules.length);
}

function valuesOf({ values, rules }: RawFile): RawFile['values'][] {
  return [values, ...rules.map((rule) => rule.values)];
}

/** What was read; `undefined` where it was refused, in words. */
function orProblems<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { option, reason } of error.problems) {
      expect(option.trim()).not.toBe('');
      expect(reason.trim()).not.toBe('');
    }
    return undefined;
  }
}
