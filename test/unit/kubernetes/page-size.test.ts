import { describe, expect, it } from 'vitest';
import { createPageSize } from '../../../src/kubernetes/page-size.ts';
import { isNewer } from '../../../src/kubernetes/version.ts';

/** The sizes of the pages that it takes to read so many objects of that size. */
function pages(count: number, bytes: number): number[] {
  const size = createPageSize();
  const sizes: number[] = [];
  for (let left = count; left > 0;) {
    const asked = Math.min(size.next(), left);
    for (let index = 0; index < asked; index += 1) size.saw(bytes);
    sizes.push(asked);
    left -= asked;
  }
  return sizes;
}

describe('the size of a page', () => {
  it('grows to what half a megabyte holds', () => {
    const sizes = pages(5000, 2000);
    expect(sizes.slice(0, 4)).toEqual([8, 32, 128, 262]);
    expect(sizes.length).toBeLessThan(25);
  });

  it('shrinks to one object where each is as large as it may be', () => {
    expect(pages(20, 1024 * 1024).slice(0, 4)).toEqual([8, 1, 1, 1]);
  });

  it('is never above 500, as for objects without content', () => {
    expect(Math.max(...pages(5000, 0))).toBe(500);
  });
});

describe('of two versions', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['12', '11', true],
    ['11', '11', false],
    ['', '11', false],
    ['abc', 'abd', false],
  ])('%j is newer than %j: %j', (one, other, newer) => {
    expect(isNewer(one, other)).toBe(newer);
  });
});
