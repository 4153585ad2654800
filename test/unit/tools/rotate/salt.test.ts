import { describe, expect, it } from 'vitest';
import { revisionName } from '../../../../src/tools/rotate/name.ts';
import { nameContent } from '../../../../src/tools/rotate/salt.ts';
import { buildContent, buildMember } from '../../../support/rotation-builder.ts';

const secret = buildContent({ password: 'one' }, { kind: 'Secret' });
const create = (): string => 'new';

describe('the name of a content', () => {
  it('of a ConfigMap needs no salt', () => {
    const config = buildContent({ key: 'one' });
    const name = revisionName('app-config', config, undefined);
    expect(nameContent('app-config', config, [], create)).toEqual({
      name,
      salt: undefined,
      isNewSalt: false,
    });
  });

  it('of the first Secret has a new salt', () => {
    const name = revisionName('db', secret, 'new');
    expect(nameContent('db', secret, [], create)).toEqual({ name, salt: 'new', isNewSalt: true });
  });

  it('of the next Secret has the salt of the last one', () => {
    const members = [
      buildMember('db-1', { created: 1, salt: 'early' }),
      buildMember('db-2', { created: 2, salt: 'late' }),
    ];
    expect(nameContent('db', secret, members, create)).toMatchObject({ salt: 'late' });
  });

  it('of a Secret that there is already is the name that it has', () => {
    const name = revisionName('db', secret, 'early');
    const members = [
      buildMember(name, { created: 1, salt: 'early' }),
      buildMember('db-2', { created: 2, salt: 'late' }),
    ];
    expect(nameContent('db', secret, members, create)).toMatchObject({ name, salt: 'early' });
  });

  it('of Secrets in two families of equal content are not alike', () => {
    const one = nameContent('db', secret, []);
    const other = nameContent('db', secret, []);
    expect(one.name).not.toBe(other.name);
  });
});
