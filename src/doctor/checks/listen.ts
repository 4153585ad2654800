import type { ListenAddress } from '../../config/parse.ts';
import type { ListeningSocket } from '../../system/proc/listeners.ts';
import { type Check, once } from '../check.ts';
import type { Context } from '../context.ts';
import { askDaemon } from '../daemon.ts';
import { type Bare, fail, pass } from '../finding.ts';
import { freePort, readListeners } from '../listeners.ts';
import { set } from '../settings.ts';

/** The port of `/metrics` and the probes is rehup's own. */
export const listenCheck: Check = once('listen', async (context) => {
  const { settings } = context;
  if (settings === undefined) return [];
  const { listen } = settings;
  if (listen === 'off') return [pass('REHUP_LISTEN is off')];
  const listeners = readListeners();
  const there = listeners.filter((socket) => conflicts(socket, listen));
  if (there.length === 0) return [pass(`port ${listen.port} is free`)];
  const owner = await askDaemon({ listen, stateDir: undefined });
  if (owner) return [pass(`rehup ${owner.version} listens on port ${listen.port}`)];
  return [taken(listen, listeners, context)];
});

type Address = Exclude<ListenAddress, 'off'>;

/** bind(2): an address that is taken as a part of all, or as itself. */
function conflicts({ address, port }: ListeningSocket, { host, port: wanted }: Address): boolean {
  const any = ['0.0.0.0', '::'];
  const ours = host ?? '::';
  return port === wanted && (address === ours || any.includes(address) || any.includes(ours));
}

function taken(
  { host, port }: Address,
  listeners: readonly ListeningSocket[],
  context: Context,
): Bare {
  const address = `${host ?? ''}:${freePort(port + 1, listeners)}`;
  return fail('port-in-use', {
    seen: `another container of this pod listens on port ${port}: /metrics, /healthz, /readyz and /status are not served, and rehup trigger finds nobody`,
    remedy: 'set REHUP_LISTEN to a free port (":9534"), or to off; reloads go on without it',
    remedies: [
      set(
        context,
        '',
        { REHUP_LISTEN: address },
        'the probes and the scrape of the pod have to name this port, too',
      ),
      set(context, '', { REHUP_LISTEN: 'off' }),
    ],
  });
}
