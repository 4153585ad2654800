import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AppContainer } from '../app.ts';
import { identify } from './content.ts';
import type { Published } from './published.ts';

/** The URL at which the app says whether it has loaded what is published, and is well with it. */
export interface Wellness extends AsyncDisposable {
  readonly url: string;
}

/** The containers of a pod share the network, and so does the test. */
export async function startWellness(
  app: () => AppContainer,
  published: Published,
): Promise<Wellness> {
  const status = (): number => {
    const loaded = identify(app().loaded() ?? '');
    if (loaded.kind === 'fails') return 500;
    return loaded.text === published.behindData()?.text ? 200 : 503;
  };
  const server = createServer((_request, response) => void response.writeHead(status()).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/well`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
