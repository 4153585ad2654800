import { generateKeyPairSync } from 'node:crypto';
import type { CheckName } from '../../../src/config/parse-validate.ts';

/** Of app.example.com, signed by itself. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBjDCCATGgAwIBAgIUUdfNU0vOIOU1Vpqpm8+HJlo5unUwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYXBwLmV4YW1wbGUuY29tMCAXDTI2MTEyMjIxMjEzMloYDzIx
MjYxMDI5MjEyMTMyWjAaMRgwFgYDVQQDDA9hcHAuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASrvBkcnFYpcvkM5+FryN3bOiy8fjtfRWQWsbDv
oVWvnTw+CAr9kva3cjhORLNxAxqIsCgb4b0XP19FO2L4v7+co1MwUTAdBgNVHQ4E
FgQUowEAi+mEVJKFNzVt0PafgL1xUc4wHwYDVR0jBBgwFoAUowEAi+mEVJKFNzVt
0PafgL1xUc4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEArDR9
bJmijF59bQoFYk8/2a1jT8DGKpER/hVF/AXOFVwCIQCaSFzZBXN1Ac1l9f8cZ2Iw
C55BezloJjDTjDoIvQkGnA==
-----END CERTIFICATE-----
`;

/** Made anew each time, and so no secret. */
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

/** Files as they are put into ConfigMaps and Secrets. */
export const contents: Readonly<Record<CheckName, readonly string[]>> = {
  json: [
    '{"a": [1, -2.5e3, true, null], "b": {"c": "d\\u00e9\\n"}}\n',
    '[[], {}, "", 0]',
    '\uFEFF{"a": 1,}',
  ],
  yaml: [
    'a: &x [1, 2]\nb: *x\nc: |\n  text\n  more\nd: {e: f, "g": \'h\'}\n---\n- second\n...\n',
    '%YAML 1.2\n---\n? [complex]\n: !!str value\n<<: {a: 1}\n',
  ],
  toml: [
    'title = "x"\n[owner]\nborn = 1979-05-27T07:32:00Z\n[[list]]\na.b = [1, 0xff, 1e3]\nc = """\nlong\n"""\n',
    "k = { x = 1, 'y z' = '''q''' }\n",
  ],
  ini: [
    '[client]\nport = 3306\nkey\n  continued\n; comment\n!include /etc/my.cnf\n["a]b"] # x\nc: d\n',
  ],
  env: ['# comment\nexport A=1\nB="two\nlines \\" x"\nC=\'q\'\nD=\n\n.env=1\n'],
  pem: [
    `text before\n${CERTIFICATE}${KEY}`,
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n',
    '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n',
  ],
  certificate: [CERTIFICATE + KEY, CERTIFICATE],
  'not-empty': [' \n', 'x', ''],
};

export const contentJunk = [
  '"',
  "'",
  '\\',
  '\\u',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '=',
  '#',
  ';',
  '\n  ',
  '- ',
  '? ',
  '&a ',
  '*a ',
  '!!binary ',
  '| ',
  '---\n',
  '%',
  '"""',
  "'''",
  '[[',
  '1e999',
  '-----BEGIN X-----\n',
  '-----END X-----\n',
  '-----',
  '====',
  'export ',
] as const;
