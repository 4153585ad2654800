import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseBodyMatch,
  parseFilePath,
  parseHashMatch,
  parseHeaders,
  parseMethod,
  parseReadyUrl,
  parseServerName,
  parseSource,
  parseStatusRanges,
  parseUrls,
} from '../../../src/config/parse-http.ts';

const hrefs = (raw: string): string[] => parseUrls(raw).map(({ href }) => href);

describe('parseUrls', () => {
  it.each([
    ['http://a/x', ['http://a/x']],
    ['http://a/x,http://b/y', ['http://a/x', 'http://b/y']],
    [' http://a/x ,\n  https://b/y,', ['http://a/x', 'https://b/y']],
    ['http://a/x http://b/y', ['http://a/x', 'http://b/y']],
    ['http://a/x,y?k=1,2', ['http://a/x,y?k=1,2']],
    ['http://a/{{hash}}', ['http://a/%7B%7Bhash%7D%7D']],
    ['http://[::1]:80/', ['http://[::1]/']],
  ])('reads %j', (raw, expected) => {
    expect(hrefs(raw)).toEqual(expected);
  });

  it.each([
    [' , ', 'names no URL'],
    ['localhost:8080', 'has the scheme localhost; write http or https'],
    ['http://a/,ftp://b/', 'has the scheme ftp; write http or https'],
    ['http://', 'is not a URL; write http://127.0.0.1:<port>/<path>'],
    ['http://a/,http://a/', 'names a URL twice'],
    ['http://u:50%@a/', 'has a % in user or password that begins no escape; write it as %25'],
    ['http://a/{{change}}', 'has an unknown placeholder; known here: {{hash}}'],
  ])('refuses %j', (raw, reason) => {
    expect(() => parseUrls(raw)).toThrow(new Error(reason));
  });

  it('reads any list of URLs as it was joined', () => {
    const url = fc.webUrl({ withQueryParameters: true });
    fc.assert(
      fc.property(
        fc.uniqueArray(url, { minLength: 1, selector: (text) => new URL(text).href }),
        fc.constantFrom(',', ' ', ', ', '\n'),
        (urls, separator) => {
          // A comma at the end of a URL, or before one in it, cannot be told from one between two.
          fc.pre(urls.every((one) => !/,$|,[a-z][a-z0-9+.-]*:\/\//i.test(one)));
          expect(hrefs(urls.join(separator))).toEqual(urls.map((one) => new URL(one).href));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('never shows what it refuses: it may hold credentials', () => {
    for (const raw of ['http//user:secret@host', 'http://user:secret%@host/']) {
      expect(() => parseUrls(raw)).toThrow(/^(?!.*secret)/);
    }
  });
});

describe('parseReadyUrl', () => {
  it('knows no placeholder: before the reload there is nothing to ask for', () => {
    expect(() => parseReadyUrl('http://a/{{hash}}')).toThrow('has a placeholder; none is known');
  });
});

describe('parseHeaders', () => {
  it('reads one header per line, and files', () => {
    expect(parseHeaders('X-A: 1\n\n  X-B:2: 3 \r\nAuthorization: @/var/run/token\nX-E:')).toEqual([
      { name: 'X-A', value: { text: '1' } },
      { name: 'X-B', value: { text: '2: 3' } },
      { name: 'Authorization', value: { file: '/var/run/token' } },
      { name: 'X-E', value: { text: '' } },
    ]);
  });

  it.each([
    ['no colon', 'has a line that is not a header; write Name: value, one per line'],
    ['bad name: x', 'has a line that is not a header; write Name: value, one per line'],
    ['Content-Length: 3', 'sets Content-Length, which is set by the client itself'],
    ['X: a\u0000b', 'has a control character in the value of X'],
    ['X: @token', 'has an @ that no absolute path follows'],
    [
      'X: {{hahs}}',
      'has an unknown placeholder; known here: {{hash}}, {{added}}, {{changed}}, {{removed}}, {{change}}',
    ],
  ])('refuses %j', (raw, reason) => {
    expect(() => parseHeaders(raw)).toThrow(new Error(reason));
  });

  it('reads what was written, whatever the value', () => {
    const name = fc
      .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/)
      .filter((text) => /^x/i.test(text));
    const value = fc
      .stringMatching(/^[!-?A-z|~]([ -z|~]*[!-z|~])?$/)
      .filter((text) => !text.startsWith('@'));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (headers) => {
        const raw = headers.map(([one, other]) => `${one}: ${other}`).join('\n');
        expect(parseHeaders(raw)).toEqual(
          headers.map(([one, text]) => ({ name: one, value: { text } })),
        );
      }),
    );
  });
});

describe('parseSource', () => {
  it('keeps a text as it is, and takes @ for a file', () => {
    expect(parseSource(' {"a":{"b":1}} ')).toEqual({ text: ' {"a":{"b":1}} ' });
    expect(parseSource('@/etc/rehup/body.json')).toEqual({ file: '/etc/rehup/body.json' });
  });
});

describe('parseStatusRanges', () => {
  it('reads codes and ranges', () => {
    expect(parseStatusRanges('200-204, 304')).toEqual([
      { from: 200, to: 204 },
      { from: 304, to: 304 },
    ]);
  });

  it.each(['', '2xx', '299-200', '20', '200-', '200;204'])('refuses %j', (raw) => {
    expect(() => parseStatusRanges(raw)).toThrow(
      /^(.* is not a status range|names no status); write 2/,
    );
  });
});

describe('parseMethod', () => {
  it('reads a method in any case', () => {
    expect(parseMethod(' put ')).toBe('PUT');
  });

  it.each(['', 'PO ST', 'P0ST', 'CONNECT'])('refuses %j', (raw) => {
    expect(() => parseMethod(raw)).toThrow('is not an HTTP method');
  });
});

describe('parseServerName', () => {
  it.each(['app.default.svc', 'localhost', '127.0.0.1', '::1'])('reads %s', (name) => {
    expect(parseServerName(` ${name} `)).toBe(name);
  });

  it.each(['', 'https://app', 'app:443', 'app/', '-app', 'a b'])('refuses %j', (raw) => {
    expect(() => parseServerName(raw)).toThrow('is not a host name');
  });
});

describe('parseFilePath', () => {
  it('wants an absolute path', () => {
    expect(parseFilePath(' /a/b ')).toBe('/a/b');
    expect(() => parseFilePath('a/b')).toThrow('is not an absolute path');
  });
});

describe('parseBodyMatch', () => {
  it('matches line by line', () => {
    expect(parseBodyMatch('^ok 1$').test('bad 0\nok 1\n')).toBe(true);
  });

  it('refuses what is not a regular expression', () => {
    expect(() => parseBodyMatch('(')).toThrow('is not a regular expression');
  });
});

describe('parseHashMatch', () => {
  it('takes the hash letter by letter', () => {
    fc.assert(
      fc.property(fc.string(), (hash) => {
        const pattern = parseHashMatch('<{{hash}}>')(hash);
        expect(pattern.test(`<${hash}>`)).toBe(true);
        expect(pattern.test(`<${hash}x>`)).toBe(false);
      }),
    );
  });

  it.each(['[a-{{hash}}]', '[{{hash}}-9]', 'x{5,{{hash}}}', '(?{{hash}}:x)'])(
    'refuses %j, which is a pattern with some hashes alone',
    (raw) => {
      expect(() => parseHashMatch(raw)).toThrow('with every hash');
    },
  );

  it.each(['({{hash}}', '{{change}}'])('refuses %j', (raw) => {
    expect(() => parseHashMatch(raw)).toThrow(/is not a regular expression|unknown placeholder/);
  });
});
