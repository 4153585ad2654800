// Writes what is generated from the source into the docs: npm run docs. CI fails if that changes anything.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { renderOptionTables } from '../src/config/docs.ts';
import { createConfigSchema } from '../src/config/schema.ts';
import { exitCodes } from '../src/system/errors.ts';
import { outcomes } from '../src/sidecar/outcome.ts';
import { parsePolicyOptions } from '../src/tools/inject/options.ts';
import { createPolicy, formatPolicy } from '../src/tools/inject/policy/policy.ts';
import { programs } from '../test/integration/programs/table.ts';
import { createValuesSchema } from './chart-schema.ts';
import { renderPrograms } from './programs.ts';
import { type Sections, writeSections } from './sections.ts';

const root = join(import.meta.dirname, '..');

const sections: Sections = {
  options: renderOptionTables,
  outcomes: () => outcomes.map((outcome) => `\`${outcome}\``).join(' · '),
  'exit-codes': () =>
    Object.entries(exitCodes)
      .map(
        ([name, code]) =>
          `- \`${code}\` ${name.replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`)}`,
      )
      .join('\n'),
};

const schemas = {
  'docs/config.schema.json': createConfigSchema(),
  'examples/helm/rehup/values.schema.json': createValuesSchema(),
};
for (const [file, schema] of Object.entries(schemas)) {
  const text = await prettier.format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
  writeFileSync(join(root, file), text);
}

const wanted = parsePolicyOptions(undefined, { resources: true, ports: true, probes: true });
writeFileSync(
  join(root, 'examples/injection/policy.yaml'),
  await prettier.format(formatPolicy(createPolicy(wanted)), {
    parser: 'yaml',
    singleQuote: true,
    printWidth: 100,
  }),
);

await writeSections(join(root, 'docs/reference.md'), sections);
await writeSections(join(root, 'docs/programs.md'), { programs: () => renderPrograms(programs) });
