import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideOwnAnnotation } from '../../../../src/sidecar/snapshot/own-annotation.ts';

const hide = (text: string): string =>
  hideOwnAnnotation(Buffer.from(text, 'latin1')).toString('latin1');

/** As the kubelet writes annotations: sorted by name, values quoted, no line break at the end. */
function show(annotations: Readonly<Record<string, string>>): string {
  return Object.keys(annotations)
    .toSorted()
    .map((name) => `${name}=${JSON.stringify(annotations[name])}`)
    .join('\n');
}

describe('the own annotation', () => {
  it.each([
    ['alone', 'rehup.dev/sync="7 at …"', ''],
    ['first', 'rehup.dev/sync="7"\nz="1"', 'z="1"'],
    ['last', 'a="1"\nrehup.dev/sync="7"', 'a="1"'],
    ['in between', 'a="1"\nrehup.dev/sync="7"\nz="1"', 'a="1"\nz="1"'],
  ])('is taken out where it stands %s', (_, text, rest) => {
    expect(hide(text)).toBe(rest);
  });

  it.each([
    'a="rehup.dev/sync=7"',
    'rehup.dev/sync-window="7"',
    'rehup.dev/config-hash="7"\n',
    'plain text\n\n',
    '',
  ])('is not seen in %j, which stays as it is', (text) => {
    expect(hide(text)).toBe(text);
  });

  it('makes no difference, whatever else is annotated', () => {
    const name = fc.stringMatching(/^[a-z]{1,5}(\.[a-z]{1,3})?\/[a-z]{1,5}$/);
    const others = fc.dictionary(name, fc.string());
    fc.assert(
      fc.property(others, fc.string(), (annotations, value) => {
        const without = Object.fromEntries(
          Object.entries(annotations).filter(([key]) => key !== 'rehup.dev/sync'),
        );
        const shown = show({ ...without, 'rehup.dev/sync': value });
        expect(hide(Buffer.from(shown).toString('latin1'))).toBe(
          hide(Buffer.from(show(without)).toString('latin1')),
        );
      }),
    );
  });

  it('leaves every other byte as it is', () => {
    const bytes = Buffer.from([0, 10, 255, 128, 13, 10]);
    expect(hideOwnAnnotation(bytes)).toEqual(bytes);
    const marked = Buffer.concat([bytes, Buffer.from('rehup.dev/sync="7"\n'), bytes]);
    expect(hideOwnAnnotation(marked)).toEqual(Buffer.concat([bytes, bytes.subarray(0, -1)]));
  });
});
