import type { RequestOptions } from 'node:https';

/** How to reach an API server, and as whom. */
export type Connection = {
  /** `https://HOST:PORT`, with a path in front of all others where there is one. */
  server: URL;
  /** Certificates and credentials for one request: read again each time, since they are rotated. */
  options: () => Promise<RequestOptions>;
};
