/** Answers as apps give them, byte by byte. */
export const rawAnswers = [
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nreloaded\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.0 500 Internal Server Error\r\nRetry-After: 5\r\n\r\nfailed\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nrelo\r\n5;x=y\r\naded\n\r\n0\r\nTrailer: 1\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: https://user:secret@other.example/login?token=secret#x\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n',
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, PUT\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: Mon, 09 Nov 2026 08:07:06 GMT\r\nContent-Length: 4\r\n\r\nbusy',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
  '\u0015\u0003\u0001\u0000\u0002\u0002\u0046',
] as const;

export const httpJunk = [
  '\r\n\r\n',
  '\r\n',
  ': ',
  'HTTP/1.1 ',
  'HTTP/2 ',
  ' 200 ',
  ' 999 ',
  'Content-Length: ',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Content-Encoding: gzip\r\n',
  'Retry-After: ',
  'Location: ',
  'Allow: ',
  '\r\n folded',
  'ffffffff\r\n',
] as const;

export const locations = [
  'https://user:secret@other.example/login?token=secret#x',
  '/login?next=%2F-%2Freload',
  '//other.example/a',
  'http://127.0.0.1:8080/a b?x',
  'mailto:a@b',
  'http://[::1',
] as const;

export const retryAfters = [
  '5',
  '0',
  '120 ',
  'Mon, 09 Nov 2026 08:07:06 GMT',
  'Monday, 09-Nov-26 08:07:06 GMT',
  'Mon Nov  9 08:07:06 2026',
  'soon',
] as const;

export const allows = ['GET, PUT', 'POST', 'GET', 'CONNECT', 'PUT,DELETE', 'X-RELOAD', ''] as const;

export const bodies = [
  'reloaded\n',
  '{"status": "success"}',
  '# TYPE reload_successful gauge\nreload_successful 1\n',
  'Client sent an HTTP request to an HTTPS server.\n',
] as const;
