import { asList, asNumber, asRecord } from '../../../system/plain.ts';
import { IMAGE_UID } from '../../manifest/conventions.ts';
import type { Edit } from '../../manifest/edit.ts';
import { closedMode } from '../../manifest/modes.ts';
import { asAdmitted } from '../../manifest/openshift.ts';
import { findVolume, type Pod, securityOf } from '../../manifest/pod.ts';
import { isServiceAccountMount, type Volume } from '../../manifest/volume.ts';
import { securityPath } from '../edits.ts';
import type { Check } from '../check.ts';

/** Whether rehup may read what it watches. */
export const readableChecks: readonly Check[] = [
  {
    id: 'volume-not-readable',
    severity: 'error',
    summary: 'rehup may not read the files of a volume that it mounts',
    find: ({ pod, rehup, platform }) => {
      const uid = asNumber(securityOf(pod, rehup, 'runAsUser')) ?? IMAGE_UID;
      return rehup.mounts.flatMap((mount) => {
        const volume = findVolume(pod, mount.name);
        const mode = volume && closedMode(asAdmitted(pod, platform), volume, uid);
        if (volume === undefined || mode === undefined || isServiceAccountMount(mount)) return [];
        return [
          {
            path: mount.path,
            message: `the files of the volume ${volume.name} have mode ${mode}: rehup, as uid ${uid}, cannot read them`,
            why: 'the kubelet makes them root’s; rehup is never ready, and as a native sidecar it then keeps the app from starting',
            remedies: [
              {
                text: 'give the pod a group: its files are of that group, which may read them',
                edits: [{ path: securityPath(pod, 'fsGroup'), value: uid }],
              },
              { text: 'let all users of the pod read them', edits: openModes(pod, volume) },
              {
                text: 'run rehup as root, like the app that reads them; Pod Security baseline allows it, restricted does not',
                edits: [
                  { path: securityPath(rehup, 'runAsUser'), value: 0 },
                  { path: securityPath(rehup, 'runAsNonRoot'), value: false },
                ],
              },
            ],
          },
        ];
      });
    },
  },
];

const OPEN = 0o444;

/** Every mode that is written, of the volume and of its items. */
function openModes(pod: Pod, { path, kind }: Volume): Edit[] {
  const index = Number(path.at(-1));
  const source = asRecord(asRecord(asList(pod.value['volumes'])[index])[kind]);
  const items = asList(source['items']).flatMap((item, at) =>
    'mode' in asRecord(item) ? [{ path: [...path, kind, 'items', at, 'mode'], value: OPEN }] : [],
  );
  const below = asList(source['sources']).flatMap((one, place) =>
    Object.entries(asRecord(one)).flatMap(([key, value]) =>
      asList(asRecord(value)['items']).flatMap((item, at) =>
        'mode' in asRecord(item)
          ? [{ path: [...path, kind, 'sources', place, key, 'items', at, 'mode'], value: OPEN }]
          : [],
      ),
    ),
  );
  const own =
    'defaultMode' in source ? [{ path: [...path, kind, 'defaultMode'], value: OPEN }] : [];
  return [...own, ...items, ...below];
}
