import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeholderNames } from '../../../../../src/config/parse-http.ts';
import {
  render,
  renderHeader,
  renderUrl,
  toValues,
} from '../../../../../src/sidecar/act/http/template.ts';

const changes = new Map([
  ['/etc/one', { added: ['a'], changed: ['b', 'sub/c'], removed: [] }],
  ['/etc/two', { added: [], changed: ['b'], removed: ['d'] }],
]);
const values = toValues({ changes, hash: 'abc' });

const anyKeys = fc.array(fc.string({ unit: 'binary' }).filter((key) => key !== ''));
const anyValues = fc
  .record({ added: anyKeys, changed: anyKeys, removed: anyKeys })
  .map((change) => toValues({ changes: new Map([['/etc/app', change]]), hash: 'abc' }));

describe('toValues', () => {
  it('names each key by its full path, since two mounts may hold the same key', () => {
    expect(values).toEqual({
      hash: 'abc',
      added: '["/etc/one/a"]',
      changed: '["/etc/one/b","/etc/one/sub/c","/etc/two/b"]',
      removed: '["/etc/two/d"]',
      change: JSON.stringify({ hash: 'abc', mounts: Object.fromEntries(changes) }),
    });
  });
});

describe('render', () => {
  it('fills placeholders, and leaves all else as it is', () => {
    expect(render('{"v":"{{hash}}","k":{{added}},"x":{{ hash }}{{other}}}', values)).toBe(
      '{"v":"abc","k":["/etc/one/a"],"x":{{ hash }}{{other}}}',
    );
  });

  it('makes JSON of JSON whatever the keys are called', () => {
    fc.assert(
      fc.property(anyValues, (any) => {
        const text = render(
          '{"a":{{added}},"c":{{changed}},"r":{{removed}},"all":{{change}}}',
          any,
        );
        expect(JSON.parse(text)).toEqual({
          a: JSON.parse(any.added),
          c: JSON.parse(any.changed),
          r: JSON.parse(any.removed),
          all: JSON.parse(any.change),
        });
      }),
    );
  });

  it('never takes what a key is called for a placeholder', () => {
    const tricky = toValues({
      changes: new Map([['/etc/app', { added: ['{{hash}}', '$&'], changed: [], removed: [] }]]),
      hash: 'abc',
    });
    expect(render('{{added}}', tricky)).toBe('["/etc/app/{{hash}}","/etc/app/$&"]');
  });
});

describe('renderHeader', () => {
  it('makes printable ASCII that means the same', () => {
    fc.assert(
      fc.property(
        anyValues,
        fc.constantFrom(...placeholderNames.filter((name) => name !== 'hash')),
        (any, name) => {
          const text = renderHeader(`{{${name}}}`, any);
          expect(text).toMatch(/^[ -~]*$/);
          expect(JSON.parse(text)).toEqual(JSON.parse(any[name]));
        },
      ),
    );
  });
});

describe('renderUrl', () => {
  it.each([
    ['http://h/{{hash}}/x', 'http://h/abc/x'],
    ['http://h/?v={{hash}}&w={{hash}}', 'http://h/?v=abc&w=abc'],
    ['http://h/plain', 'http://h/plain'],
  ])('fills the hash in %s', (template, url) => {
    expect(renderUrl(new URL(template), 'abc').href).toBe(url);
  });
});
