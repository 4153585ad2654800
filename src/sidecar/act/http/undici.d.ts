/**
 * The two pieces of undici that one request takes. Its entry point loads fetch, WebSocket, caches and
 * mocks along with them, which cost a sidecar 5 MiB of private memory (docs/decisions.md).
 */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';

  export default Client;
}

declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';

  export default function request(
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData>;
}
