// What is written agrees with what is built: names, numbers, texts, links, YAML.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { parseConfigFile } from '../src/config/file.ts';
import { loadConfig } from '../src/config/load.ts';
import { environmentName } from '../src/config/option.ts';
import { optionNames, options } from '../src/config/options.ts';
import { exitCodes } from '../src/system/errors.ts';
import { faults } from '../src/system/fault.ts';
import { outcomes } from '../src/sidecar/outcome.ts';
import { phrases } from '../src/sidecar/report/log.ts';
import { keepPhrases } from '../src/sidecar/keep/report.ts';
import { sourcePhrases } from '../src/sidecar/source/report.ts';
import { createMetrics } from '../src/sidecar/report/metrics.ts';
import { createTally } from '../src/sidecar/report/tally.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const pages = ['*.md', '{.github,docs,examples,scripts,src,test}/**/*.md']
  .flatMap((glob) => globSync(glob, { cwd: root }))
  .toSorted();
const manifests = globSync('examples/**/*.yaml', { cwd: root }).toSorted();
const sources = globSync('src/**/*.ts', { cwd: root }).toSorted();

const outcomePage = read('docs/outcomes.md');
const operatePage = read('docs/operate.md');
const reference = read('docs/reference.md');

describe('the reference', () => {
  it.each(optionNames.map((name) => options[name].flag))('has a row for --%s', (flag) => {
    expect(firstCells(reference)).toContain(`\`--${flag}\``);
    expect(reference).toContain(`\`${environmentName(flag)}\``);
  });

  it.each(Object.values(exitCodes))('has exit code %i', (code) => {
    expect(reference).toContain(`\`${code}\` `);
  });

  it.each(outcomes)('has the outcome %s', (outcome) => {
    expect(reference).toContain(`\`${outcome}\``);
  });
});

describe('the README', () => {
  it('can be read in five minutes', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(201);
  });
});

describe('the pages on outcomes and operation', () => {
  it.each(outcomes)('says what the outcome %s means', (outcome) => {
    expect(firstCells(outcomePage)).toContain(`\`${outcome}\``);
    // The page of the sidecar leads there.
    expect(outcomePage).toContain(`<a id="${outcome}"></a>`);
  });

  it('explains no outcome that there is not', () => {
    const [, table = ''] = /\| outcome [^\n]*\n((?:\|[^\n]*\n)+)/.exec(outcomePage) ?? [];
    expect(firstCells(table).slice(1)).toEqual(outcomes.map((outcome) => `\`${outcome}\``));
  });

  it.each(Object.values(exitCodes))('says what exit code %i means', (code) => {
    expect(firstCells(outcomePage)).toContain(`\`${code}\``);
  });

  it('has every metric', async () => {
    const metrics = createMetrics(createTally(), { version: '0', node: '0' });
    const text = await metrics.render();
    const names = [...text.matchAll(/^# HELP (\S+)/gm)].flatMap(([, name]) => name ?? []);

    expect(names.length).toBeGreaterThan(5);
    expect(firstCells(operatePage)).toEqual(
      expect.arrayContaining(names.map((name) => `\`${name}\``)),
    );
  });

  it('names no metric that there is not', async () => {
    const metrics = createMetrics(createTally(), { version: '0', node: '0' });
    const text = await metrics.render();

    const named = new Set(operatePage.match(/\brehup_[a-z_]+\b/g));
    for (const name of named) expect(text).toContain(`# HELP ${name} `);
  });
});

describe('the docs', () => {
  it.each(Object.values({ ...phrases, ...sourcePhrases, ...keepPhrases }))(
    'say when the log says "%s"',
    (phrase) => {
      expect(firstCells(read('docs/how-it-works.md'))).toContain(`\`${phrase}\``);
    },
  );

  it.each(faults)('explain what %s is', (fault) => {
    expect(anchorsOf(read('docs/doctor.md'))).toContain(fault);
  });

  it('explain no fault that there is not', () => {
    const named = [...read('docs/doctor.md').matchAll(/^### (\S+)$/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(faults));
  });

  it('have a remedy in troubleshooting for each that the code prints', () => {
    const text = toPlain(read('docs/troubleshooting.md') + read('docs/doctor.md'));
    const remedies = sources.flatMap((file) => remediesIn(read(file)));
    const missing = remedies.filter((remedy) => !text.includes(toPlain(remedy)));

    expect(remedies.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it('name no REHUP_ variable that there is not', () => {
    const known = new Set(optionNames.map((name) => environmentName(options[name].flag)));
    const elsewhere = ['.ci/run', ...globSync('{src,test/e2e}/**/*.ts', { cwd: root })].map(read);
    const unknown = pages.flatMap((page) =>
      variablesIn(read(page))
        .filter((name) => !known.has(name) && !elsewhere.some((text) => text.includes(name)))
        .map((name) => `${page}: ${name}`),
    );

    expect(unknown).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('has links that lead somewhere', () => {
    const broken = linksIn(text).filter((link) => !leadsSomewhere(page, link));

    expect(broken).toEqual([]);
  });

  it('hides no word as a tag that there is not', () => {
    const tags = [...proseOf(text).matchAll(/(?<!\\)<\/?([a-z][\w-]*)(?=[\s>])/gi)];
    const unknown = tags.flatMap(([, tag = '']) => (TAGS.has(tag) ? [] : tag));

    expect(unknown).toEqual([]);
  });

  it('has YAML that can be parsed', () => {
    const mistakes = fencedIn(text, 'yaml').flatMap((block) =>
      parseAllDocuments(block).flatMap(({ errors }) => errors.map(({ message }) => message)),
    );

    expect(mistakes).toEqual([]);
  });

  it('has settings that rehup accepts', () => {
    expect(fencedIn(text, 'yaml').flatMap(refusalsOf)).toEqual([]);
  });
});

describe.each(manifests)('%s', (manifest) => {
  it('has settings that rehup accepts', () => {
    expect(refusalsOf(read(manifest))).toEqual([]);
  });
});

/** What rehup has against the settings in a piece of a pod spec, or in a configuration file. */
function refusalsOf(yaml: string): string[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const content: unknown = document.toJS();
    // A Role has rules as well.
    const isFile =
      isRecord(content) && Array.isArray(content['rules']) && content['apiVersion'] === undefined;
    if (isFile) return refusalsOfSettings([], { file: parseConfigFile(yaml, 'rehup.yaml') });
    return settingsIn(content).flatMap((settings) => refusalsOfSettings(settings));
  });
}

function refusalsOfSettings(
  settings: readonly Setting[],
  file: Pick<Parameters<typeof loadConfig>[0], 'file'> = {},
): string[] {
  // The API server takes strings only.
  const bare = settings.filter(({ value }) => typeof value !== 'string');
  const env = Object.fromEntries(settings.map(({ name, value }) => [name, String(value)]));
  try {
    loadConfig({ flags: {}, env, ...file });
  } catch (error) {
    return [String(error)];
  }
  return bare.map(({ name }) => `${name} is not a string`);
}

type Setting = { name: string; value: unknown };

/** Those of each container by themselves: an init container may have other ones. */
function settingsIn(content: unknown): Setting[][] {
  if (!Array.isArray(content)) {
    return isRecord(content) ? Object.values(content).flatMap(settingsIn) : [];
  }
  const own = content.filter(isSetting);
  return [own, ...content.filter((item) => !isSetting(item)).flatMap(settingsIn)];
}

function isSetting(item: unknown): item is Setting {
  return isRecord(item) && typeof item['name'] === 'string' && item['name'].startsWith('REHUP_');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands in the first column of any table. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| *([^|\n]*?) *\|/gm)].flatMap(([, cell]) => cell ?? []);
}

function variablesIn(text: string): string[] {
  // A misspelt name stands in quotes of its own, as an example of what is refused.
  const names = text.match(/\bREHUP_[A-Z0-9]+(?:_[A-Z0-9]+)*/g) ?? [];
  return [...new Set(names)].filter((name) => name !== 'REHUP_SETLE');
}

/** The longest fixed piece of each text that stands behind `remedy:` in the source. */
function remediesIn(source: string): string[] {
  const expressions =
    /\bremedy:\s*((?:[^,;{}'"`]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)+)/g;
  return [...source.matchAll(expressions)]
    .flatMap(([, expression = '']) => expression.match(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g) ?? [])
    .flatMap((quoted) => {
      const pieces = quoted.slice(1, -1).split(/\$\{(?:[^{}]|\{[^}]*\})*\}/);
      return pieces.toSorted((one, other) => other.length - one.length).slice(0, 1);
    })
    .filter((piece) => piece.length > 10);
}

/** Without the marks of Markdown and the line breaks. */
function toPlain(text: string): string {
  return text
    .replaceAll(/[\\`*]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function fencedIn(text: string, language: string): string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm');
  return [...text.matchAll(fence)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

const FENCED = /^( *)```[\s\S]*?^\1```$/gm;

/** That a page may use; what looks like another one would not be shown. */
const TAGS = new Set(['a', 'img', 'picture', 'source']);

function proseOf(text: string): string {
  return text.replaceAll(FENCED, '').replaceAll(/`[^`]*`/g, '');
}

function linksIn(text: string): string[] {
  const prose = text.replaceAll(FENCED, '').replaceAll(/`[^`\n]*`/g, '');
  const marked = [...prose.matchAll(/\]\(([^)\s]+)\)/g)];
  const named = [...prose.matchAll(/^ {0,3}\[[^\]]+\]: +(\S+)/gm)];
  const tagged = [...prose.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)];
  return [...marked, ...named, ...tagged].flatMap(([, link]) => link ?? []);
}

/** Links to other sites are not followed, but have to look like some. */
function leadsSomewhere(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return isAddress(link);
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}

function isAddress(link: string): boolean {
  const url = URL.parse(link);
  if (url === null) return false;
  const isHere = ['localhost', '127.0.0.1'].includes(url.hostname);
  return url.protocol === 'https:' || url.protocol === 'mailto:' || isHere;
}

/** Those that GitHub makes of headings, and those that are set. */
function anchorsOf(text: string): string[] {
  const set = [...text.matchAll(/<a id="([^"]+)">/g)].flatMap(([, id]) => id ?? []);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return [...headings, ...set];
}
