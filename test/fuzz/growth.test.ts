import { describe, expect, it } from 'vitest';
import { findGrowths } from './support/find-growths.ts';
import { subjects } from './support/growth-subjects.ts';
import { pumpsOf } from './support/pumps.ts';
import { collectRegexes, type RegexLiteral } from './support/regex-literals.ts';
import { findGrowth } from './support/stopwatch.ts';

/** Commands that read what a person gives them, on that person's machine, and are done. */
const COMMANDS = ['cli', 'doctor', 'tools'];

/** What takes more work with longer texts, and never gets one. */
const SHORT: Readonly<Record<string, string>> = {
  'src/sidecar/pod-events/write.ts: /[-.]+$/': 'the name of a pod, cut at 230 characters',
  'src/kubernetes/names.ts: /[-.]+$/': 'a name, cut at 253 characters',
  'src/kubernetes/mount-sources.ts: /(?<=.)\\/+$/': 'a path in the spec of the own pod',
};

/** Regular expressions that are put together, each with what it is made of. */
const BUILT = [
  // The user's own: run with a limit in time.
  "src/config/parse-http.ts: new RegExp(source, 'm')",
  'src/config/parse.ts: new RegExp(raw)',
  // Of words between braces.
  "src/sidecar/act/http/template.ts: new RegExp(String.raw`\\{\\{(${placeholderNames.join('|')})\\}\\}`, 'g')",
];

const { literals, built } = collectRegexes('src');
const lasting = literals.filter(({ file }) => !COMMANDS.includes(file.split('/')[1] ?? ''));

function regex(source: string): RegexLiteral {
  return { file: 'test', source, flags: '', splits: false };
}

describe('the search for work out of proportion', () => {
  it.each([
    regex(',+$'),
    regex('^(.+)=([^=:]*)(?::(.*))?$'),
    regex('_PORT(?:_[A-Z0-9_]+)?$'),
    regex('(?<=.)-{1,}$'),
  ])('finds that of /$source/', ({ source }) => {
    const pattern = new RegExp(source);
    expect(findGrowth((text) => pattern.exec(text), pumpsOf(source, ''))).toBeDefined();
  });

  it('finds none where there is none', () => {
    for (const source of ['^(?:a+b)+$', '[^,]+', '^\\d+(?:\\.\\d+)?$', '^"(?:[^"\\\\]|\\\\.)*"$']) {
      const pattern = new RegExp(source);
      expect(findGrowth((text) => pattern.exec(text), pumpsOf(source, ''))).toBeUndefined();
    }
  });

  it.each(['^(?:a+)+$', '^(?:a|a)*b'])('does not wait for the end of /%s/', async (source) => {
    expect(await findGrowths({ regexes: [regex(source)] }, 1000)).toEqual([
      `test: /${source}/ never ends`,
    ]);
  });
});

describe('a regular expression in what goes on running', () => {
  it('takes work in proportion to the text', async () => {
    expect(lasting.length).toBeGreaterThan(50);
    const regexes = lasting.filter(
      ({ file, source, flags }) => SHORT[`${file}: /${source}/${flags}`] === undefined,
    );
    expect(await findGrowths({ regexes })).toEqual([]);
  });

  it('is put together in few places, which are known', () => {
    expect(built.filter((one) => !COMMANDS.includes(one.split('/')[1] ?? ''))).toEqual(BUILT);
  });
});

describe('a parser', () => {
  it('takes work in proportion to the text', async () => {
    expect(await findGrowths({ parsers: Object.keys(subjects) })).toEqual([]);
  });
});
