import type { Settings } from '../../../config/options.ts';
import { freePort } from '../../manifest/container.ts';
import type { Edit } from '../../manifest/edit.ts';
import type { Path } from '../../manifest/path.ts';
import { asList, asNumber, asRecord, asText, isRecord } from '../../../system/plain.ts';
import { sharesNetwork } from '../../manifest/platform.ts';
import { changeSettings } from '../edits.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';

/** The port of rehup, and the probes. */
export const portChecks: readonly Check[] = [
  {
    id: 'port-in-use',
    severity: 'warning',
    summary: 'another container of the pod has the port of REHUP_LISTEN',
    find: (subject) => {
      const listen = listenOf(subject);
      if (listen === undefined) return [];
      const taken = subject.others.flatMap(({ name, ports }) =>
        ports.filter(({ port }) => port === listen.port).map(({ path }) => ({ name, path })),
      );
      return taken.slice(0, 1).map(({ name, path }) => ({
        path,
        message: `${name} has port ${listen.port}, which is that of rehup, too`,
        why: 'the containers of a pod share their ports: the second one to come cannot listen; rehup would go on without /metrics, /healthz and /readyz',
        remedies: [{ text: 'give rehup another port', edits: movePort(subject, listen) }],
      }));
    },
  },
  {
    id: 'probe-gates-on-app',
    severity: 'error',
    summary:
      'a probe of rehup asks for the app: a native sidecar starts before it, and would wait forever',
    find: (subject) =>
      findProbes(subject)
        .filter((probe) => asksForApp(subject, probe))
        .map((probe) => ({
          path: probe.path,
          message: `the ${probe.kind} of rehup asks for the app`,
          why:
            subject.rehup.role === 'sidecar' && probe.kind === 'startupProbe'
              ? 'the app starts when the startupProbe of the sidecar succeeds, and that waits for the app: the pod never starts'
              : 'rehup does its work whether the app answers or not; it would be restarted, or keep the pod from being ready, for a fault of the app',
          remedies: [askRehup(subject, probe)],
        })),
  },
  {
    id: 'probe-not-answered',
    severity: 'error',
    summary: 'a probe of rehup asks where rehup does not answer',
    find: (subject) =>
      findProbes(subject)
        .filter((probe) => !asksForApp(subject, probe) && !isAnswered(subject, probe))
        .map((probe) => ({
          path: probe.path,
          message: `nobody answers the ${probe.kind} of rehup`,
          why: 'rehup answers at the port of REHUP_LISTEN, at /healthz and /readyz; the kubelet asks the address of the pod, so that a loopback address is of no use',
          remedies: [askRehup(subject, probe)],
        })),
  },
];

type Address = { host?: string; port: number };

/** Where rehup listens; nowhere, if that is off or not known. */
function listenOf({ settings }: Subject): Address | undefined {
  const listen = settings.global?.listen;
  return listen === undefined || listen === 'off' || listen.port === 0 ? undefined : listen;
}

const KINDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

type Probe = {
  kind: (typeof KINDS)[number];
  path: Path;
  port: number | undefined;
  /** Whom the kubelet asks, if not the pod. */
  host: string | undefined;
  /** Of an HTTP request. */
  url: string | undefined;
  command: readonly string[];
};

/** Nothing is said where settings are not known. */
function findProbes({ rehup, settings }: Subject): Probe[] {
  if (settings.global === undefined) return [];
  return KINDS.flatMap((kind) => {
    const probe = rehup.value[kind];
    if (!isRecord(probe)) return [];
    const http = asRecord(probe['httpGet']);
    const { port = asRecord(probe['tcpSocket'])['port'] ?? asRecord(probe['grpc'])['port'] } = http;
    const named = rehup.ports.find(({ name }) => name === port)?.port;
    return [
      {
        kind,
        path: [...rehup.path, kind],
        port: asNumber(port) ?? named,
        host: asText(http['host']),
        url: isRecord(probe['httpGet']) ? (asText(http['path']) ?? '/') : undefined,
        command: asList(asRecord(probe['exec'])['command']).map(String),
      },
    ];
  });
}

/** Commands that look for the app, or wait for it. */
const COMMANDS = ['doctor', 'trigger', 'once'];

function asksForApp({ others, settings }: Subject, { port, command }: Probe): boolean {
  if (command.some((word) => COMMANDS.includes(word))) return true;
  if (port === undefined || port === portOf(settings.global)) return false;
  const declared = others.flatMap(({ ports }) => ports.map((one) => one.port));
  const asked = settings.rules.flatMap((rule) => portsAsked(rule.settings));
  return [...declared, ...asked].includes(port);
}

function portOf(settings: Settings | undefined): number | undefined {
  const listen = settings?.listen;
  return listen === undefined || listen === 'off' ? undefined : listen.port;
}

function portsAsked({ url = [], readyUrl, verifyUrl }: Settings): number[] {
  return [...url, readyUrl, verifyUrl].flatMap((one) => {
    if (one === undefined) return [];
    if (one.port !== '') return [Number(one.port)];
    return [one.protocol === 'https:' ? 443 : 80];
  });
}

const PATHS = ['/healthz', '/readyz', '/status', '/metrics'];

function isAnswered(subject: Subject, { port, host, url, command }: Probe): boolean {
  if (command.length > 0) return true;
  const listen = listenOf(subject);
  if (listen === undefined || listen.port !== port) return false;
  // On the network of the node, its loopback address is that of the kubelet.
  const isNear = sharesNetwork(subject.pod) && host !== undefined && isLoopback({ host, port });
  if (isLoopback(listen) && !isNear) return false;
  return url === undefined || PATHS.includes(url);
}

function isLoopback({ host }: Address): boolean {
  return host !== undefined && /^(?:127\.|::1$|localhost$)/.test(host);
}

function askRehup(subject: Subject, probe: Probe): { text: string; edits: Edit[] } {
  const { port = 9533, ...address } = listenOf(subject) ?? {};
  const isOpen = listenOf(subject) !== undefined && !isLoopback({ ...address, port });
  const path = probe.kind === 'livenessProbe' ? '/healthz' : '/readyz';
  const present = asRecord(subject.rehup.value[probe.kind]);
  const others = ['tcpSocket', 'grpc', 'exec'].filter((key) => key in present);
  return {
    text: `ask rehup itself: ${path}`,
    edits: [
      { path: [...probe.path, 'httpGet'], value: { path, port } },
      ...others.map((key) => ({ path: [...probe.path, key], remove: true }) as const),
      ...(isOpen ? [] : (changeSettings(subject, { listen: `:${port}` }) ?? [])),
    ],
  };
}

/** To the next port that nobody declares: setting, declared port and probes. */
function movePort(subject: Subject, { host, port }: Address): Edit[] {
  const free = freePort(subject.others, port + 1);
  const own = host?.includes(':') ? `[${host}]` : (host ?? '');
  const declared = subject.rehup.ports.filter((one) => one.port === port);
  const probes = findProbes(subject).filter((probe) => probe.port === port);
  return [
    ...(changeSettings(subject, { listen: `${own}:${free}` }) ?? []),
    ...declared.map(({ path }) => ({ path: [...path, 'containerPort'], value: free })),
    ...probes.flatMap((probe) => moveProbe(subject, probe, free)),
  ];
}

/** A port that is named moves with its name. */
function moveProbe({ rehup }: Subject, { kind, path }: Probe, port: number): Edit[] {
  const probe = asRecord(rehup.value[kind]);
  return ['httpGet', 'tcpSocket', 'grpc']
    .filter((key) => typeof asRecord(probe[key])['port'] === 'number')
    .map((key) => ({ path: [...path, key, 'port'], value: port }));
}
