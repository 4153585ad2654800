import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CannotFill, expand } from '../../../../src/sidecar/publish/expand.ts';

const lookup = {
  env: { NAME: 'one', EMPTY: '', TRICKY: '$(NAME) $&' },
  readFile: (path: string) => `<${path}>`,
};

describe('what a key refers to', () => {
  it.each([
    ['$(NAME) and $(NAME)', 'one and one'],
    ['a$(EMPTY)b', 'ab'],
    ['$(/run/secrets/db/password)', '</run/secrets/db/password>'],
    ['$$(NAME)', '$(NAME)'],
    // What was put in is not looked through again, and stands for itself.
    ['$(TRICKY)', '$(NAME) $&'],
    ['$NAME ${NAME} $(not a name) $() $', '$NAME ${NAME} $(not a name) $() $'],
  ])('is put in: %s', (text, expanded) => {
    expect(expand(text, 'key', lookup)).toBe(expanded);
  });

  it('is named where it is not there', () => {
    expect(() => expand('$(MISSING)', 'app.conf', lookup)).toThrow(
      new CannotFill('the key app.conf refers to the variable MISSING, which is not set'),
    );
  });

  it('changes nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('$('));
        expect(expand(text, 'key', lookup)).toBe(text);
      }),
    );
  });
});
