import { parseAllDocuments, stringify } from 'yaml';
import type { ReportedEdit } from '../../src/tools/lint/finding.ts';

type Fields = Record<string, unknown>;

export type TestContainer = {
  name: string;
  image: string;
  volumeMounts: Fields[];
  securityContext?: Fields;
  resources?: { requests?: Fields; limits?: Fields };
  [field: string]: unknown;
};

export type TestPod = { containers: TestContainer[]; volumes: Fields[]; [field: string]: unknown };

export type TestWorkload = { kind: string; spec: unknown; [field: string]: unknown };

export function createDeployment(pod: unknown): TestWorkload {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'my-app' },
    spec: { template: { spec: pod } },
  };
}

/** An app and rehup, in which nothing is to be found. */
export function createPod(app: TestContainer, ...rehup: TestContainer[]): TestPod {
  return {
    shareProcessNamespace: true,
    securityContext: { runAsNonRoot: true, runAsUser: 10001 },
    containers: [app, ...rehup],
    volumes: [{ name: 'config', configMap: { name: 'my-app' } }],
  };
}

export function createApp(): TestContainer {
  return {
    name: 'my-app',
    image: 'example.com/my-app:1.0',
    volumeMounts: [{ name: 'config', mountPath: '/etc/my-app' }],
  };
}

export function createRehup(): TestContainer {
  return {
    name: 'rehup',
    image: 'ghcr.io/rehup/rehup:0.1.0',
    env: [{ name: 'REHUP_SURVIVE', value: '2s' }],
    resources: { requests: { cpu: '5m', memory: '48Mi' }, limits: { memory: '64Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'config', mountPath: '/etc/my-app' }],
  };
}

/** Quoted so that every reader of YAML takes text for text. */
const options = { aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;

export function toManifest(...objects: readonly unknown[]): string {
  return objects.map((object) => stringify(object, options)).join('---\n');
}

/** Does to the text what an edit says, with nothing but its path and its value to go by. */
export function applyEdit(text: string, edit: ReportedEdit, document: number): string {
  const objects = parseAllDocuments(text).map((one) => one.toJS() as unknown);
  const root = objects[edit.document ?? document];
  if ('moveFrom' in edit) put(root, stepsOf(edit.path), take(root, stepsOf(edit.moveFrom)));
  else if ('remove' in edit) take(root, stepsOf(edit.path));
  else put(root, stepsOf(edit.path), edit.value);
  return toManifest(...objects);
}

type Step = string | number;
type Tree = Record<Step, unknown>;

/** `spec.containers[1].env` → its steps. */
function stepsOf(path: string): Step[] {
  const steps = path.match(/\["[^"]*"\]|\[\d+\]|[^.[\]]+/g) ?? [];
  return steps.map((step) =>
    step.startsWith('[') ? (JSON.parse(step.slice(1, -1)) as Step) : step,
  );
}

/** What is missing above is made; a list is only ever lengthened by one. */
function put(here: unknown, [step = '', ...below]: readonly Step[], value: unknown): void {
  const tree = here as Tree;
  if (Array.isArray(here) && Number(step) > here.length) throw new Error(`no item ${step}`);
  if (below.length === 0) {
    tree[step] = value;
    return;
  }
  tree[step] ??= typeof below[0] === 'number' ? [] : {};
  put(tree[step], below, value);
}

/** Nothing can be taken from where there is nothing. */
function take(here: unknown, [step = '', ...below]: readonly Step[]): unknown {
  const tree = here as Tree;
  const value = tree[step];
  if (value === undefined) throw new Error(`there is no ${step}`);
  if (below.length > 0) return take(value, below);
  if (Array.isArray(here)) here.splice(Number(step), 1);
  else delete tree[step];
  return value;
}
