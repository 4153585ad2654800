// Writes what is generated from the source into the docs: npm run docs. CI fails if that changes anything.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { renderOptionTables } from '../src/config/docs.ts';
import { createConfigSchema } from '../src/config/schema.ts';
import { exitCodes } from '../src/errors.ts';
import { outcomes } from '../src/outcome.ts';

const root = join(import.meta.dirname, '..');

const sections: Record<string, () => string> = {
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

/** Replaces what stands between `<!-- generated:NAME -->` and `<!-- /generated -->`. */
function fill(text: string): string {
  return text.replaceAll(
    /(<!-- generated:([a-z-]+) -->\n)(?:(?!<!-- generated:)[\s\S])*?\n?(<!-- \/generated -->)/g,
    (_, open: string, name: string, close: string) => {
      const render = sections[name];
      if (render === undefined) throw new Error(`no generated section is called ${name}`);
      return `${open}\n${render()}\n\n${close}`;
    },
  );
}

writeFileSync(
  join(root, 'docs/config.schema.json'),
  await prettier.format(JSON.stringify(createConfigSchema()), { parser: 'json', printWidth: 100 }),
);

for (const file of ['README.md', 'docs/reference.md']) {
  const path = join(root, file);
  const options = (await prettier.resolveConfig(path)) ?? {};
  const text = await prettier.format(fill(readFileSync(path, 'utf8')), {
    ...options,
    filepath: path,
  });
  writeFileSync(path, text);
}
