import { watchedPath } from '../../manifest/conventions.ts';
import { isWindows, sharesHostProcesses, sharesNetwork } from '../../manifest/platform.ts';
import { asBoolean } from '../../../system/plain.ts';
import { actsOnProcess } from '../../manifest/needs.ts';
import { hidesOwnFiles } from '../../manifest/own-files.ts';
import { isReloader, isSidecar } from '../../manifest/sidecar.ts';
import { changeSettings } from '../edits.ts';
import type { Check } from '../check.ts';
import { rulesThat } from '../subject.ts';

/** What the pod itself must be like, so that rehup can run in it. */
export const platformChecks: readonly Check[] = [
  {
    id: 'windows',
    severity: 'error',
    summary: 'the pod runs on Windows, and rehup is for Linux',
    find: ({ pod, rehup }) => {
      if (!isWindows(pod)) return [];
      return [
        {
          path: rehup.path,
          message: 'the pod runs on Windows',
          why: 'the image of rehup is for Linux, and Windows has neither signals nor process namespaces',
          remedies: [{ text: 'remove rehup', edits: [{ path: rehup.path, remove: true }] }],
        },
      ];
    },
  },
  {
    id: 'two-rehups',
    severity: 'error',
    summary: 'the pod has two rehups',
    find: ({ pod, rehup }) =>
      pod.containers
        .filter((one) => one !== rehup && isSidecar(one) && one.role !== 'init')
        .map(({ name, path }) => ({
          path,
          message: `${name} is a rehup, too`,
          why: 'both would act at each change, and both want one port; one rehup has as many rules as it takes (REHUP_CONFIG)',
          remedies: [{ text: `remove ${name}`, edits: [{ path, remove: true }] }],
        })),
  },
  {
    id: 'host-pid-and-shared',
    severity: 'error',
    summary: 'the pod has hostPID and shareProcessNamespace',
    find: ({ pod }) => {
      const isShared = asBoolean(pod.value['shareProcessNamespace']) ?? false;
      if (!sharesHostProcesses(pod) || !isShared) return [];
      const path = [...pod.path, 'shareProcessNamespace'];
      return [
        {
          path,
          message: 'the pod has hostPID: true and shareProcessNamespace: true',
          why: 'the API server refuses a pod with both',
          remedies: [
            {
              text: 'do without hostPID',
              edits: [{ path: [...pod.path, 'hostPID'], remove: true }],
            },
            { text: 'do without the shared namespace', edits: [{ path, remove: true }] },
          ],
        },
      ];
    },
  },
  {
    id: 'host-pid',
    severity: 'warning',
    summary: 'rehup sees every process of the node',
    find: (subject) => {
      const { pod } = subject;
      const isShared = asBoolean(pod.value['shareProcessNamespace']) ?? false;
      if (!sharesHostProcesses(pod) || isShared) return [];
      if (rulesThat(subject, actsOnProcess).length === 0) return [];
      return [
        {
          path: [...pod.path, 'hostPID'],
          message: 'the pod has hostPID: true, so that rehup sees every process of the node',
          why: 'rehup acts on processes of its own pod only; what it could do to others with the uid that it has is more than it needs',
          remedies: [
            {
              text: 'share the process namespace of the pod instead, if the app does not need that of the node',
              edits: [
                { path: [...pod.path, 'hostPID'], remove: true },
                { path: [...pod.path, 'shareProcessNamespace'], value: true },
              ],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'host-network-port',
    severity: 'warning',
    summary: 'the port of rehup is one of the node',
    find: (subject) => {
      const { pod, rehup, settings } = subject;
      const listen = settings.global?.listen;
      const isOpen = listen !== undefined && listen !== 'off' && listen.host === undefined;
      if (!sharesNetwork(pod) || (!isOpen && rehup.ports.length === 0)) return [];
      const port = listen === undefined || listen === 'off' ? 9533 : listen.port;
      const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].filter(
        (kind) => kind in rehup.value,
      );
      return [
        {
          path: rehup.ports[0]?.path ?? rehup.path,
          message: `the pod is on the network of its node: port ${port} of rehup is one of the node`,
          why: 'a declared port keeps a second pod from that node (Pending), and whoever reaches the node reaches rehup',
          remedies: [
            {
              text: 'listen on the loopback address, where the kubelet reaches it, and declare no port',
              edits: [
                ...(changeSettings(subject, { listen: `127.0.0.1:${port}` }) ?? []),
                ...probes.map((kind) => ({
                  path: [...rehup.path, kind, 'httpGet', 'host'],
                  value: '127.0.0.1',
                })),
                ...probes.map((kind) => ({
                  path: [...rehup.path, kind, 'httpGet', 'port'],
                  value: port,
                })),
                ...('ports' in rehup.value
                  ? [{ path: [...rehup.path, 'ports'], remove: true } as const]
                  : []),
              ],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'own-files-hidden',
    severity: 'error',
    summary: 'a volume is mounted over the files that rehup is made of',
    find: ({ rehup }) =>
      rehup.mounts
        .filter(({ mountPath }) => hidesOwnFiles(mountPath))
        .map(({ name, mountPath, path }) => ({
          path: [...path, 'mountPath'],
          message: `the volume ${name} is mounted at ${mountPath}, where files of rehup are`,
          why: 'rehup does not start: its program, or a library of it, is not there any more',
          remedies: [
            {
              text: 'mount it elsewhere; rehup finds it where it is',
              edits: [{ path: [...path, 'mountPath'], value: watchedPath(name) }],
            },
          ],
        })),
  },
  {
    id: 'mount-path-twice',
    severity: 'error',
    summary: 'a container mounts two volumes at one path',
    find: ({ pod }) =>
      pod.containers
        .filter((one) => !isReloader(one))
        .flatMap(({ name, mounts }) =>
          mounts
            .filter(({ mountPath }, index) =>
              mounts.slice(0, index).some((other) => other.mountPath === mountPath),
            )
            .map(({ path, mountPath, name: volume }) => ({
              path: [...path, 'mountPath'],
              message: `${name} mounts two volumes at ${mountPath}`,
              why: 'the API server refuses the pod',
              remedies: [
                {
                  text: `mount ${volume} elsewhere`,
                  edits: [{ path: [...path, 'mountPath'], value: watchedPath(volume) }],
                },
              ],
            })),
        ),
  },
];
