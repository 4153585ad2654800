import { exitCodes, FatalError } from '../../../system/errors.ts';
import { stringify } from 'yaml';
import type { Platform } from '../../manifest/openshift.ts';
import { conditions, type Named, variables } from './decisions.ts';
import {
  createMutation,
  derived,
  settings,
  type Wanted,
  writePatch,
  type WritePatch,
} from './mutation.ts';

/** First minor versions that know the kind: beta, and stable. */
const BETA_SINCE = 34;
const STABLE_SINCE = 36;

/** The policy that adds rehup to pods, and what puts it into force. */
export function createPolicy(
  wanted: Wanted & { kubernetes: number | undefined },
  patch: WritePatch = writePatch,
): object[] {
  const { kubernetes = STABLE_SINCE, platform } = wanted;
  if (kubernetes < BETA_SINCE) {
    throw new FatalError(
      `--kubernetes=1.${kubernetes}: a policy that changes pods takes Kubernetes 1.${STABLE_SINCE}, or 1.${BETA_SINCE} with the feature gate MutatingAdmissionPolicy and its beta API on; run rehup inject over the manifests instead`,
      exitCodes.configuration,
    );
  }
  const version = kubernetes < STABLE_SINCE ? 'v1beta1' : 'v1';
  const apiVersion = `admissionregistration.k8s.io/${version}`;
  const metadata = { name: 'rehup-inject' };
  return [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        // A pod without rehup is better than no pod.
        failurePolicy: 'Ignore',
        reinvocationPolicy: 'Never',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
          ],
        },
        matchConditions: conditions,
        variables: [
          ...settings.slice(0, 1),
          ...variables.map((one) => onPlatform(one, platform)),
          ...settings.slice(1),
          ...derived,
        ],
        mutations: [
          {
            patchType: 'JSONPatch',
            jsonPatch: {
              expression: `size(variables.mounts) == 0 ? [] :\n${createMutation(wanted, patch)}`,
            },
          },
        ],
      },
    },
    ...bindings.map(({ name, matchResources }) => ({
      apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: metadata.name, matchResources },
    })),
  ];
}

/** The SCC gives each pod a group for its files: `asAdmitted`. */
function onPlatform(variable: Named, platform: Platform | undefined): Named {
  const isGiven = platform === 'openshift' && variable.name === 'hasGroup';
  return isGiven ? { ...variable, expression: 'true' } : variable;
}

const LABEL = 'rehup.dev/inject';

/** By the label of the pod, or by that of its namespace unless the pod says something else. */
const bindings = [
  {
    name: 'rehup-inject-pods',
    matchResources: { objectSelector: { matchLabels: { [LABEL]: 'true' } } },
  },
  {
    name: 'rehup-inject-namespaces',
    matchResources: {
      namespaceSelector: { matchLabels: { [LABEL]: 'true' } },
      objectSelector: {
        matchExpressions: [{ key: LABEL, operator: 'NotIn', values: ['true', 'false'] }],
      },
    },
  },
];

const HEADER = `# Adds rehup to each new pod that has the label rehup.dev/inject: "true", or whose namespace has it.
# Written by: rehup inject --policy
`;

/** As YAML. */
export function formatPolicy(objects: readonly object[]): string {
  const texts = objects.map((object) =>
    stringify(object, { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false }),
  );
  return `${HEADER}${texts.join('---\n')}`;
}
