import { readFileSync, writeFileSync } from 'node:fs';
import * as prettier from 'prettier';

/** What stands between `<!-- generated:NAME -->` and `<!-- /generated -->`, by name. */
export type Sections = Readonly<Record<string, () => string>>;

/** Replaces the generated sections of a file, and formats it. */
export async function writeSections(path: string, sections: Sections): Promise<void> {
  const options = (await prettier.resolveConfig(path)) ?? {};
  const filled = fill(readFileSync(path, 'utf8'), sections);
  writeFileSync(path, await prettier.format(filled, { ...options, filepath: path }));
}

function fill(text: string, sections: Sections): string {
  return text.replaceAll(
    /(<!-- generated:([a-z-]+) -->\n)(?:(?!<!-- generated:)[\s\S])*?\n?(<!-- \/generated -->)/g,
    (_, open: string, name: string, close: string) => {
      const render = sections[name];
      if (render === undefined) throw new Error(`no generated section is called ${name}`);
      return `${open}\n${render()}\n\n${close}`;
    },
  );
}
