import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AppContainer } from './app.ts';

/** The URLs at which the app is told: the second one is somebody else's, and only has to answer. */
export interface Urls extends AsyncDisposable {
  /** The value of `REHUP_URL`. */
  readonly setting: string;
  /** The second one answers with an error for a while. */
  readonly fail: () => void;
  readonly recover: () => void;
}

/** The containers of a pod share the network, and so does the test. */
export async function startUrls(app: () => AppContainer): Promise<Urls> {
  let failing = false;
  const server = createServer((request, response) => {
    const answer = (ok: boolean): void => void response.writeHead(ok ? 200 : 503).end();
    if (request.url === '/other') answer(!failing);
    else void app().reload().then(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    setting: `${base}/app,${base}/other`,
    fail: () => {
      failing = true;
    },
    recover: () => {
      failing = false;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
