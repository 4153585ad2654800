import { describe, expect, it } from 'vitest';
import { explainBadKey } from '../../../../src/tools/simulate/keys.ts';

describe('a key', () => {
  it.each(['app.conf', '.env', '_', 'A-1', 'a..b', 'x'.repeat(253)])('may be called %s', (key) => {
    expect(explainBadKey(key)).toBeUndefined();
  });

  it.each([
    ['', 'only letters'],
    ['a b', 'only letters'],
    ['a/b', 'only letters'],
    ['app.conf~', 'only letters'],
    ['é', 'only letters'],
    ['.', 'the kubelet reserves it'],
    ['..', 'the kubelet reserves it'],
    ['..data', 'the kubelet reserves it'],
    ['x'.repeat(254), 'longer than 253 characters'],
  ])('may not be called %j', (key, reason) => {
    expect(explainBadKey(key)).toContain(reason);
  });
});
