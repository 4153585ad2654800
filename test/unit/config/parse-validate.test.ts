import { describe, expect, it } from 'vitest';
import { parseKeyPaths, parseValidation } from '../../../src/config/parse-validate.ts';

describe('parseValidation', () => {
  it.each<[raw: string, rules: object[]]>([
    ['*.json=json', [{ glob: '*.json', check: 'json' }]],
    [
      ' *.yaml = yaml , app.conf=not-empty,',
      [
        { glob: '*.yaml', check: 'yaml' },
        { glob: 'app.conf', check: 'not-empty' },
      ],
    ],
    ['**/*.{yaml,yml}=yaml', [{ glob: '**/*.{yaml,yml}', check: 'yaml' }]],
    [
      'tls.crt=certificate:private/tls.pem',
      [{ glob: 'tls.crt', check: 'certificate', privateKey: 'private/tls.pem' }],
    ],
    ['/etc/a=b/x.ini=ini', [{ glob: '/etc/a=b/x.ini', check: 'ini' }]],
  ])('reads %j', (raw, rules) => {
    expect(parseValidation(raw)).toEqual(rules);
  });

  it.each<[raw: string, reason: string]>([
    ['', 'names no check'],
    ['app.conf', 'has app.conf, which is not a check'],
    ['=json', 'has =json, which is not a check'],
    ['app.conf=xml', 'has no check called xml'],
    ['app.conf=json:key', 'only certificate takes a key path'],
    ['tls.crt=certificate:', 'only certificate takes a key path'],
  ])('refuses %j', (raw, reason) => {
    expect(() => parseValidation(raw)).toThrow(reason);
  });
});

describe('parseKeyPaths', () => {
  it('reads key paths', () => {
    expect(parseKeyPaths('tls.crt, tls.key')).toEqual(['tls.crt', 'tls.key']);
  });

  it('refuses a list without any', () => {
    expect(() => parseKeyPaths(' , ')).toThrow('names no key');
  });
});
