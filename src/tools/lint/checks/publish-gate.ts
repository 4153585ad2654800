import { asRecord, asText } from '../../../system/plain.ts';
import { firstVariables } from '../../inject/publish/environment.ts';
import type { Container } from '../../manifest/container.ts';
import { NATIVE_SIDECARS_SINCE, STARTUP_OF_PUBLISHING } from '../../manifest/conventions.ts';
import { append } from '../../manifest/edit.ts';
import type { Volume } from '../../manifest/volume.ts';
import type { Check } from '../check.ts';
import { changeSettings } from '../edits.ts';
import type { Found, Remedy } from '../finding.ts';
import { rulesThat, type Subject } from '../subject.ts';
import { mountsOf, publishedVolume } from './publish-places.ts';

/** Whether there is something when the app starts. Of objects that come and go by their label there may be none. */
export const publishGateChecks: readonly Check[] = [
  {
    id: 'published-not-awaited',
    severity: 'warning',
    summary: 'the app starts before anything is published',
    find: (subject) => {
      const rules = rulesThat(
        subject,
        ({ publish, source = [] }) =>
          publish !== undefined && !source.some(({ select }) => 'labels' in select),
      );
      const volumes = new Set(
        rules.flatMap(({ settings }) => publishedVolume(subject, settings) ?? []),
      );
      return [...volumes].flatMap((volume) => findUngated(subject, volume));
    },
  },
];

const WHY =
  'until the first content is published the directory is empty, and the kubelet makes a directory where a file should be mounted by subPath';

function findUngated(subject: Subject, volume: Volume): Found[] {
  const { pod, rehup } = subject;
  const { name } = volume;
  if (rehup.role === 'init') return [];
  if (rehup.role === 'app') {
    if (pod.containers.some((one) => publishesFirst(one, volume))) return [];
    const message = `nothing holds the app back until something is published into ${name}`;
    return [{ path: rehup.path, message, why: WHY, remedies: plainRemedies(subject) }];
  }
  const probe = asRecord(asRecord(rehup.value['startupProbe'])['httpGet']);
  if (asText(probe['path']) !== '/readyz') {
    const message = `rehup has no start-up probe on /readyz, and the app does not wait for what is published into ${name}`;
    const remedies = [{ text: 'ask for /readyz', edits: probeEdits(subject) }];
    return [{ path: [...rehup.path, 'startupProbe'], message, why: WHY, remedies }];
  }
  const earlier = pod.containers.slice(0, pod.containers.indexOf(rehup));
  return earlier
    .filter((one) => mountsOf(one, volume).some(({ readOnly }) => readOnly))
    .map((one) => ({
      path: one.path,
      message: `${one.name} comes before rehup, and mounts what it publishes into ${name}`,
      why: WHY,
      remedies: [
        { text: 'put rehup before it', edits: [{ path: one.path, moveFrom: rehup.path }] },
      ],
    }));
}

/** `rehup once`, which ends when there is something. */
function publishesFirst({ role, command, args, mounts }: Container, { name }: Volume): boolean {
  const isOnce = [...command, ...args].includes('once');
  const mount = mounts.find((one) => one.name === name);
  return role === 'init' && isOnce && mount !== undefined && !mount.readOnly;
}

function probeEdits(subject: Subject): Remedy['edits'] {
  const { rehup, settings } = subject;
  const listen = settings.global?.listen ?? 'off';
  const port = listen === 'off' ? 9533 : listen.port;
  const probe = { httpGet: { path: '/readyz', port }, ...STARTUP_OF_PUBLISHING };
  const set = { path: [...rehup.path, 'startupProbe'], value: probe };
  return [set, ...(listen === 'off' ? (changeSettings(subject, { listen: undefined }) ?? []) : [])];
}

function plainRemedies(subject: Subject): Remedy[] {
  const { pod, rehup, kubernetes = NATIVE_SIDECARS_SINCE, settings, workload } = subject;
  const root = workload.object.document.value;
  const list = [...pod.path, 'initContainers'];
  const count = pod.containers.filter(({ path }) => path.at(-2) === 'initContainers').length;
  const native: Remedy = {
    text: 'make rehup a native sidecar, for which the app waits (Kubernetes 1.29)',
    edits: [
      ...probeEdits(subject),
      { path: [...rehup.path, 'restartPolicy'], value: 'Always' },
      { path: [...list, count], moveFrom: rehup.path },
    ],
  };
  const { image, variables, security, value } = rehup;
  const texts = variables.flatMap(({ name, value: text }) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  const first = {
    name: 'rehup-publish',
    image,
    args: ['once'],
    env: Object.entries(firstVariables(Object.fromEntries(texts))).map(([name, text]) => ({
      name,
      value: text,
    })),
    resources: value['resources'],
    securityContext: security,
    volumeMounts: value['volumeMounts'],
  };
  const once: Remedy = {
    text: 'publish the first content in an init container, by rehup once',
    edits: append(root, list, JSON.parse(JSON.stringify(first))),
  };
  const isByArguments = settings.written.arguments.length > 0;
  return [
    ...(kubernetes < NATIVE_SIDECARS_SINCE ? [] : [native]),
    ...(isByArguments ? [] : [once]),
  ];
}
