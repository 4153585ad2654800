import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { page, pageHeaders } from '../../../../src/sidecar/page/page.ts';

const policy = pageHeaders['content-security-policy'];

function inside(tag: 'script' | 'style'): string[] {
  const elements = page.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'));
  return [...elements].flatMap(([, text]) => text ?? []);
}

describe('the page', () => {
  it('is small', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(13_000);
  });

  it('loads nothing from elsewhere, and runs nothing from attributes', () => {
    // A name, and where a link leads that somebody follows.
    const names = ['http://www.w3.org/2000/svg', 'https://github.com/rehup/rehup/blob/main/docs/'];
    const rest = names.reduce((text, name) => text.replace(name, ''), page);
    expect(rest).not.toMatch(
      /\bhttps?:|\/\/[a-z]|\bsrc=|@import|url\(|<[^>]+ on[a-z]+=|javascript:/i,
    );
  });

  it('has a script that can be parsed, and that sets no markup', () => {
    const [script = ''] = inside('script');
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b/);
  });

  it.each(['script', 'style'] as const)('allows its own %s by the hash, and no other', (tag) => {
    const [text = '', ...others] = inside(tag);
    expect(others).toEqual([]);
    const hash = createHash('sha256').update(text).digest('base64');
    expect(policy).toContain(`${tag}-src 'sha256-${hash}';`);
  });

  it('is locked down by its headers', () => {
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(pageHeaders).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
});
