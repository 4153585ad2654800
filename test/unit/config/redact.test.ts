import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactUrl } from '../../../src/config/redact.ts';

describe('redactUrl', () => {
  it.each([
    ['http://h:1/-/reload', 'http://h:1/-/reload'],
    ['http://user:secret@h/', 'http://redacted@h/'],
    ['http://user@h/', 'http://redacted@h/'],
    ['http://h/?key=secret&k2=secret', 'http://h/?key=redacted&k2=redacted'],
    ['http://h/?secret', 'http://h/?redacted'],
    ['http://h/#secret', 'http://h/'],
    ['http://h/api/v1/config/reload', 'http://h/api/v1/config/reload'],
    ['http://h/nginx_status/reload.json', 'http://h/nginx_status/reload.json'],
    ['http://h/actuator/busRefresh/', 'http://h/actuator/busRefresh/'],
    ['http://h/services/T0AB/B12/xYz9', 'http://h/services/redacted/redacted/redacted'],
    ['http://h/hooks/1234567890', 'http://h/hooks/redacted'],
    ['http://h/a%2Fs3cret', 'http://h/redacted'],
    ['http://h/AbCdEfGh', 'http://h/redacted'],
    ['http://h/{{hash}}?v={{hash}}', 'http://h/{{hash}}?v=redacted'],
  ])('shows %s as %s', (url, shown) => {
    expect(redactUrl(new URL(url))).toBe(shown);
  });

  it('shows no password and no query value, whatever they are', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{8,}$/).map((text) => `s3cret${text}`);
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom(
          'u:S@h/',
          'S@h/',
          'h/?a=S',
          'h/?S',
          'h/?a=1&S',
          'h/#S',
          'h/S',
          'h/hook/S/x',
        ),
        (text, form) => {
          expect(redactUrl(new URL(`http://${form.replace('S', text)}`))).not.toContain('s3cret');
        },
      ),
    );
  });
});
