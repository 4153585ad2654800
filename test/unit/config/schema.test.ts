import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfigFile } from '../../../src/config/file.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/system/errors.ts';
import { createConfigSchema } from '../../../src/config/schema.ts';

const published = join(import.meta.dirname, '../../../docs/config.schema.json');
const validate = new Ajv2020({ allowUnionTypes: true }).compile(createConfigSchema());

describe('the JSON Schema of the configuration file', () => {
  it('is the published one', () => {
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(createConfigSchema());
  });

  it.each([
    'rules: [{name: main}]',
    'settle: 100ms\nrules: [{name: main, watch: [/etc/a], retries: 3, dryRun: true}]',
    'signal: 1',
    'dryRun: yes',
    'dryRun: "false"',
    'select: oldest',
    'events: warnings',
    'events: true',
    'timeout: 1m30s',
    'settle: 0',
    'settle: 0.5s',
  ])('accepts %j, as rehup does', (text) => {
    expect(validate(parse(text))).toBe(true);
    const load = (): object => loadConfig({ flags: {}, env: {}, file: parseConfigFile(text, 'f') });
    expect(load).not.toThrow();
  });

  it.each([
    'rules: []',
    'rules: [{watch: /etc/a}]',
    'rules: [{name: Main}]',
    'rules: [{name: main, listen: ":1"}]',
    'rules: [{name: main, signl: HUP}]',
    'config: /x',
    'signal: {name: HUP}',
    'settle: 5',
    'settle: 5 seconds',
    'select: newest',
    'rules: [{name: main, dryRun: maybe}]',
    'rules: [{name: main, watchMode: fanotify}]',
  ])('refuses %j, as rehup does', (text) => {
    expect(validate(parse(text))).toBe(false);
    const load = (): object => loadConfig({ flags: {}, env: {}, file: parseConfigFile(text, 'f') });
    expect(load).toThrow(ConfigError);
  });
});
