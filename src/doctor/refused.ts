import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Failure } from '../sidecar/outcome.ts';
import type { ListeningSocket } from '../system/proc/listeners.ts';
import type { Context, RuleContext } from './context.ts';
import { type Bare, fail, failAs } from './finding.ts';
import { formatSocket, readListeners, takes } from './listeners.ts';
import { containerField, type Remedy } from './remedy.ts';
import { change, set } from './settings.ts';

type Refusal = { url: URL; failure: Failure; rule: RuleContext; context: Context };

/** Nobody listens at the URL. At another address of the pod, then, or at another port? */
export async function explainRefusal(refusal: Refusal): Promise<Bare> {
  const { url, failure, context } = refusal;
  const ownPort = context.settings?.listen === 'off' ? undefined : context.settings?.listen.port;
  const listeners = readListeners().filter(({ port }) => port !== ownPort);
  const addresses = await addressesOf(url.hostname);
  const samePort = listeners.filter(({ port }) => port === portOf(url));
  if (addresses.some(isLoopback) && samePort.length > 0) {
    return otherAddress(refusal, addresses, samePort);
  }
  const places = [...new Set(listeners.map(formatSocket))].join(', ');
  const reachable = listeners.filter((socket) =>
    addresses.some((address) => takes(socket, address, socket.port)),
  );
  const reason = `${failure.reason}; in this pod ${places === '' ? 'nobody listens at all' : `somebody listens at ${places}`}`;
  const ports = [...new Set(reachable.map(({ port }) => port))];
  const remedies = ports.flatMap((port) => atPort(refusal, port));
  return failAs({ ...failure, reason }, 'url-refused', remedies);
}

/** `localhost` may be `::1` alone, and the app on 127.0.0.1; or the other way round. */
function otherAddress(
  refusal: Refusal,
  addresses: readonly string[],
  samePort: readonly ListeningSocket[],
): Bare {
  const { url, failure } = refusal;
  const places = samePort.map(formatSocket).join(', ');
  const isAddress = addresses.includes(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const names = isAddress ? '' : `, which is ${addresses.join(' and ')}`;
  return fail('url-other-address', {
    seen: `${failure.reason}: nobody listens at ${url.host}${names}, but at ${places}`,
    remedy: `write that address in REHUP_URL, or let the app listen on ${url.hostname}, too`,
    remedies: samePort.flatMap(({ address }) => atAddress(refusal, address)),
  });
}

async function addressesOf(hostname: string): Promise<string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return [host];
  // As the client has it.
  if (/^(?:.+\.)?localhost\.?$/i.test(host)) return ['127.0.0.1', '::1'];
  return (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

const POD_IP = { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

function atAddress(refusal: Refusal, address: string): Remedy[] {
  const { rule, context } = refusal;
  if (isLoopback(address)) {
    const urls = replaceIn(refusal, 'localhost', undefined);
    const note = 'localhost is 127.0.0.1 and ::1 for rehup';
    return urls === undefined ? [] : [set(context, rule.name, { REHUP_URL: urls }, note)];
  }
  const urls = replaceIn(refusal, '$(POD_IP)', undefined);
  if (urls === undefined) return [];
  const downward = containerField(context.container, 'env', [POD_IP]);
  return [{ changes: [downward, ...change(context, rule.name, { REHUP_URL: urls })] }];
}

function atPort(refusal: Refusal, port: number): Remedy[] {
  const { rule, context } = refusal;
  const urls = replaceIn(refusal, undefined, port);
  const note = 'if the app is what listens there';
  return urls === undefined ? [] : [set(context, rule.name, { REHUP_URL: urls }, note)];
}

/** All URLs of the rule, this one changed; `undefined` where one may hold credentials. */
function replaceIn(
  { url, rule }: Refusal,
  host: string | undefined,
  port: number | undefined,
): string | undefined {
  const urls = rule.settings.url ?? [];
  if (urls.some(({ username, password, search }) => username || password || search)) {
    return undefined;
  }
  return urls
    .map((one) => {
      if (one !== url) return one.href;
      const at = port ?? one.port;
      return `${one.protocol}//${host ?? one.hostname}${at === '' ? '' : `:${at}`}${one.pathname}`;
    })
    .join(',');
}
