import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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
  ])('accepts %j', (text) => {
    expect(validate(parse(text))).toBe(true);
  });

  it.each([
    'rules: []',
    'rules: [{watch: /etc/a}]',
    'rules: [{name: Main}]',
    'rules: [{name: main, listen: ":1"}]',
    'rules: [{name: main, signl: HUP}]',
    'config: /x',
    'signal: {name: HUP}',
  ])('refuses %j', (text) => {
    expect(validate(parse(text))).toBe(false);
  });
});
