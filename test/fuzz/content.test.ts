import { describe, expect, it } from 'vitest';
import type { CheckName } from '../../src/config/parse-validate.ts';
import { loadCheck } from '../../src/sidecar/validate/check/check.ts';
import type { Check } from '../../src/sidecar/validate/check/problem.ts';
import { contentJunk, contents } from './samples/content.ts';
import { expectId } from './support/expect-id.ts';
import { fuzz } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

const NAMES = Object.keys(contents) as CheckName[];

/** What is read of a file: more is not looked at. */
const MAX_BYTES = 4 * 1024 * 1024;

/** What a parser meets over and over, after what it may begin with. */
const LARGE = ['a', '#\n', '"', 'a=b\n', '[', "A=''\n", '\\"', '""'].flatMap((piece) =>
  ['', 'A="', '[a', '-----BEGIN X-----\n'].map((start) => ({ start, piece })),
);

/** Slow: they have a parser of some size, or a library for certificates. */
const SHARES: Partial<Record<CheckName, number>> = { yaml: 0.2, pem: 0.2, certificate: 0.2 };

function run(check: Check, content: string): void {
  const { reason, line, column } =
    check({
      key: 'tls.crt',
      content: Buffer.from(content),
      readOther: (key) => (key === 'tls.key' ? Buffer.from(content) : undefined),
      privateKey: undefined,
      nowMs: Date.UTC(2030, 0, 1),
    }) ?? {};
  if (reason === undefined) return;
  expect(reason).toMatch(/^(?:is |holds |the |its |tls\.(?:crt|key) holds )/);
  for (const position of [line, column]) {
    if (position !== undefined) expectId(position, 1, content.length + 2);
  }
}

describe('whatever new content is', () => {
  it.each(NAMES)('the check %s takes it, or says where it is wrong', async (name) => {
    const check = await loadCheck(name);
    fuzz(anyText(contents[name], contentJunk), (text) => run(check, text), {
      share: SHARES[name] ?? 0.5,
    });
  });

  it.each(NAMES)('the check %s ends with the largest files that are read', async (name) => {
    const check = await loadCheck(name);
    // YAML takes some seconds for each of them.
    for (const { start, piece } of name === 'yaml' ? LARGE.slice(0, 3) : LARGE) {
      const text = start + piece.repeat((MAX_BYTES - start.length) / piece.length);
      expect(() => run(check, text)).not.toThrow();
    }
  });
});
