// What the values of the library chart may be: Helm refuses others, with their path, before anything is installed.
import { environmentName } from '../src/config/option.ts';
import { optionNames, options } from '../src/config/options.ts';

const map = (description: string): object => ({ description, type: 'object' });

/** The JSON Schema that stands beside values.yaml. Helm knows draft 7; its patterns know no lookahead. */
export function createValuesSchema(): object {
  const variables = optionNames.map((name) => options[name]);
  const scalar = { type: ['string', 'number', 'boolean'] };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart rehup',
    type: 'object',
    additionalProperties: false,
    required: ['image', 'native', 'volumeMounts'],
    properties: {
      // Helm hands it to every chart.
      global: map('Not used here'),
      image: { description: 'The image, with its version', type: 'string', pattern: '^[^\\s]+$' },
      imagePullPolicy: { enum: ['', 'Always', 'IfNotPresent', 'Never'] },
      native: {
        description: 'A native sidecar, in initContainers (Kubernetes 1.29 and later)',
        type: 'boolean',
      },
      env: {
        description: 'Settings, as environment variables',
        type: 'object',
        properties: Object.fromEntries(
          variables.map(({ flag, help }) => [
            environmentName(flag),
            { description: help, ...scalar },
          ]),
        ),
        // Others, as TZ, are for Node; but no REHUP_ that there is not.
        propertyNames: {
          anyOf: [
            { enum: variables.map(({ flag }) => environmentName(flag)) },
            { not: { pattern: '^REHUP_' } },
          ],
        },
        additionalProperties: scalar,
      },
      api: {
        description: "The token of the service account, for rehup's container alone",
        type: 'boolean',
      },
      serviceAccountName: {
        description: 'The account with the Role of examples/rbac',
        type: 'string',
        minLength: 1,
      },
      volumeMounts: {
        description: 'The volumes that the app mounts, as a whole',
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['name', 'mountPath'],
          properties: {
            name: { type: 'string', minLength: 1 },
            mountPath: { type: 'string', pattern: '^/' },
            // The kubelet never updates those.
            subPath: false,
            subPathExpr: false,
          },
        },
      },
      resources: map('Requests and limits of the container'),
      securityContext: map('The uid of the app, where the pod has none: { runAsUser: 101 }'),
    },
  };
}
