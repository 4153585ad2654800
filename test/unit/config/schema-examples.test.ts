// Whoever copies an example gets an editor that knows the options, and an example that is right.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createValuesSchema } from '../../../scripts/chart-schema.ts';
import { parseConfigFile } from '../../../src/config/file.ts';
import { createConfigSchema } from '../../../src/config/schema.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const find = (glob: string): string[] => globSync(glob, { cwd: root }).toSorted();

const schema = createConfigSchema() as { $id: string };
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

interface ConfigMap {
  readonly kind?: string;
  readonly data?: Readonly<Record<string, string>>;
}

// A template is not YAML.
const manifests = find('examples/**/*.yaml').filter((file) => !file.includes('/templates/'));

/** Files, keys of ConfigMaps, and blocks in the docs. */
const examples: readonly (readonly [place: string, text: string])[] = [
  ...find('examples/**/rehup.yaml').map((file) => [file, read(file)] as const),
  ...manifests.flatMap((file) =>
    parseAllDocuments(read(file), { logLevel: 'error' })
      .map((document) => document.toJS() as ConfigMap | null)
      .flatMap((object) =>
        object?.kind === 'ConfigMap' ? (object.data?.['rehup.yaml'] ?? []) : [],
      )
      .map((text) => [`${file}, rehup.yaml`, text] as const),
  ),
  ...['README.md', ...find('docs/*.md'), ...find('examples/**/*.md')].flatMap((page) =>
    [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
      .map(([, block = '']) => block)
      .filter((block) => /^rules:/m.test(block))
      .map((block) => [page, block] as const),
  ),
];

it('there are examples of a configuration file', () => {
  expect(examples.length).toBeGreaterThan(1);
});

describe.each(examples)('the configuration file in %s', (place, text) => {
  it('names its schema in the first line, at the address that it has', () => {
    expect(text.split('\n', 1)).toEqual([`# yaml-language-server: $schema=${schema.$id}`]);
  });

  it('is valid by the schema, and for rehup', () => {
    expect({ valid: validate(parse(text)), errors: validate.errors }).toEqual({
      valid: true,
      errors: null,
    });
    expect(() => parseConfigFile(text, place)).not.toThrow();
  });
});

describe('the schema', () => {
  it('is in the repository at the path of its address', () => {
    const [, path = ''] =
      /^https:\/\/raw\.githubusercontent\.com\/rehup\/rehup\/main\/(.+)$/.exec(schema.$id) ?? [];
    expect(JSON.parse(read(path))).toEqual(schema);
  });
});

describe('the values of the chart', () => {
  const folder = 'examples/helm/rehup';

  it('have a schema beside them that is the one of the settings', () => {
    expect(JSON.parse(read(`${folder}/values.schema.json`))).toEqual(createValuesSchema());
  });

  it('name it, and are valid by it', () => {
    const values = read(`${folder}/values.yaml`);
    expect(values.split('\n', 1)).toEqual(['# yaml-language-server: $schema=values.schema.json']);
    const check = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(
      createValuesSchema(),
    );
    expect({ valid: check(parse(values)), errors: check.errors }).toEqual({
      valid: true,
      errors: null,
    });
    const { rehup } = parse(read('examples/helm/my-app/values.yaml')) as { rehup: object };
    expect(check({ ...(parse(values) as object), ...rehup })).toBe(true);
  });
});
