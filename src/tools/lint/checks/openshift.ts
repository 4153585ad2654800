import { formatPath } from '../../manifest/path.ts';
import { findRefused } from '../../manifest/openshift.ts';
import type { Check } from '../check.ts';

/** What OpenShift does to a pod (`--platform openshift`). */
export const openshiftChecks: readonly Check[] = [
  {
    id: 'openshift-scc',
    severity: 'error',
    summary: 'the SCC restricted-v2 refuses a uid or group of the pod (--platform openshift)',
    find: ({ platform, pod }) => {
      // In a user namespace of its own the pod has uids of its own (restricted-v3).
      const isMapped = pod.value['hostUsers'] === false;
      if (platform !== 'openshift' || isMapped) return [];
      const refused = findRefused(pod);
      const [first] = refused;
      if (first === undefined) return [];
      const fields = refused.map((path) => formatPath(path)).join(', ');
      return [
        {
          path: first,
          message: `${fields}: the SCC restricted-v2 takes ids from the range of the namespace only, and refuses the pod`,
          why: 'OpenShift gives all containers of a pod one uid, so that rehup may signal the app as it is',
          remedies: [
            {
              text: 'leave the ids to OpenShift',
              edits: refused.map((path) => ({ path, remove: true as const })),
            },
            {
              text: 'let the service account use an SCC that takes them (nonroot-v2; anyuid for root), with one uid for the app and rehup (--ignore openshift-scc)',
              edits: [],
            },
          ],
        },
      ];
    },
  },
];
