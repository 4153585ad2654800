// What somebody could send to the port who wants a reload, or wants the probes to fail.

/** The next number below 1. */
export type Random = () => number;

export interface Attack {
  readonly name: string;
  /** Sent one after the other, with a pause between them. */
  readonly pieces: readonly (string | Buffer)[];
  readonly pauseMs: number;
  /** What becomes of the connection when all is sent. */
  readonly end: 'reset' | 'half-close' | 'read' | 'hold' | 'destroy';
}

const HOSTS = ['localhost:9533', '127.0.0.1:9533', 'x', '192.0.2.1:9533', ''];

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

const trigger = (random: Random): string =>
  `POST ${pick(random, TARGETS)} HTTP/1.1\r\nHost: ${pick(random, HOSTS)}\r\n${pick(random, EXTRAS)}\r\n`;

const TARGETS = [
  '/trigger',
  '/trigger?now',
  '/./trigger',
  '//trigger',
  '/%74rigger',
  '/trigger/',
  'http://localhost/trigger',
  'http://localhost:9533/trigger',
  '/healthz/../trigger',
  '*',
];

const EXTRAS = [
  '',
  'Content-Length: 0\r\n',
  'X-Forwarded-For: 127.0.0.1\r\n',
  'Forwarded: for=127.0.0.1\r\n',
  'X-HTTP-Method-Override: POST\r\n',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n',
  'Expect: 100-continue\r\nContent-Length: 1\r\n',
  'Origin: http://localhost:9533\r\nSec-Fetch-Site: same-origin\r\n',
];

const INNER = 'POST /trigger HTTP/1.1\r\nHost: localhost:9533\r\n\r\n';

/** Two readings of where one request ends, and the next begins. */
const SMUGGLING = [
  `GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: ${INNER.length}\r\n\r\n0\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\nHost: a\n\n${INNER}`,
  `GET /healthz HTTP/1.1\rHost: a\r\r${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n${INNER}`,
  `GET /healthz HTTP/1.1\r\nHost: a\r\nX\0: y\r\n\r\n${INNER}`,
  `GET /healthz\r\n${INNER}`,
  `GET /healthz HTTP/0.9\r\n\r\n${INNER}`,
  `GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n${INNER}`,
  `CONNECT localhost:9533 HTTP/1.1\r\nHost: localhost:9533\r\n\r\n${INNER}`,
  `TRACE /trigger HTTP/1.1\r\nHost: a\r\n\r\n${INNER}`,
  `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${INNER}`,
];

const LARGE = 'x'.repeat(256 * 1024);

/** More of everything than anybody takes. */
const OVERSIZED = [
  `GET /${LARGE} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${LARGE}\r\n\r\n`,
  `GET /metrics HTTP/1.1\r\n${'X: y\r\n'.repeat(20_000)}\r\n`,
  `POST /trigger HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n${LARGE}`,
  `POST /trigger HTTP/1.1\r\nHost: a\r\nContent-Length: ${'9'.repeat(400)}\r\n\r\n${LARGE}`,
  `POST /trigger HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n40000\r\n${LARGE}\r\n`,
  `POST /trigger HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\n${LARGE}`,
  `POST /trigger HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${LARGE}\r\nx\r\n0\r\n\r\n`,
  `${'G'.repeat(100_000)} / HTTP/1.1\r\n\r\n`,
];

const noise = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: 1 + Math.floor(random() * 400) }, () => random() * 256));

const KINDS: Record<string, (random: Random) => readonly (string | Buffer)[]> = {
  trigger: (random) => [trigger(random)],
  pipeline: (random) => [
    Array.from({ length: 40 }, () =>
      random() < 0.5 ? trigger(random) : 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
    ).join(''),
  ],
  smuggling: (random) => [pick(random, SMUGGLING)],
  oversized: (random) => [pick(random, OVERSIZED)],
  slow: (random) => trigger(random).split(''),
  idle: () => [],
  noise: (random) => [noise(random), trigger(random)],
  // The first bytes of a TLS handshake.
  tls: (random) => [Buffer.from('16030100a5010000a1030300', 'hex'), noise(random)],
  mutated: (random) => {
    const bytes = Buffer.from(pick(random, [INNER, ...SMUGGLING]));
    for (let change = 0; change < 3; change += 1) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    return [bytes];
  },
  cut: (random) => {
    const text = pick(random, [INNER, ...SMUGGLING]);
    const at = Math.floor(random() * text.length);
    return [text.slice(0, at), text.slice(at)];
  },
};

/** One of them, by chance. */
export function makeAttack(random: Random): Attack {
  const name = pick(random, Object.keys(KINDS));
  const pieces = KINDS[name]?.(random) ?? [];
  const end = pick(random, ['reset', 'half-close', 'read', 'hold', 'destroy'] as const);
  return { name, pieces, pauseMs: name === 'slow' || random() < 0.1 ? 3 : 0, end };
}
