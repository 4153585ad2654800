import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawTerminal } from '../../../../scripts/recording/terminal-svg.ts';

const folder = new URL('../../../../docs/pictures/', import.meta.url);

describe('a terminal as a picture', () => {
  const svg = drawTerminal(
    'a & b',
    [
      [0, 'first\r\n'],
      [2.5, '\u001B[32mgreen\u001B[0m <b>\r\n'],
    ],
    20,
  );

  it('shows a line at the time at which it came, in its colour', () => {
    expect(svg).toContain('>first</text>');
    expect(svg).toMatch(/class="m0"><tspan style="fill:#7ee787">green<\/tspan> &lt;b></);
    expect(svg).toContain('@keyframes k0{0%,33.33%{opacity:0}');
    expect(svg).toContain('<title>a &amp; b</title>');
  });

  it('breaks a line where the terminal ends', () => {
    expect(drawTerminal('', [[0, 'x'.repeat(25)]], 20).match(/<text /g)).toHaveLength(2);
  });

  it('stands still for who wants that', () => {
    expect(svg).toContain('prefers-reduced-motion');
  });
});

describe.each(readdirSync(folder))('docs/pictures/%s', (name) => {
  it('is small', () => {
    expect(readFileSync(new URL(name, folder)).length).toBeLessThan(150_000);
  });
});
