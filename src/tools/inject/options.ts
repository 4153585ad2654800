import { STATE_DIRECTORY } from '../../config/conflicts.ts';
import { InvalidValue, oneOf, parseList } from '../../config/parse.ts';
import { exitCodes, FatalError } from '../../system/errors.ts';
import { read } from '../read-option.ts';
import {
  NATIVE_SIDECARS_SINCE,
  POD_RESTARTS_SINCE,
  PUBLISHED_PATH,
} from '../manifest/conventions.ts';
import { IMAGE_NAME } from '../manifest/image.ts';
import { parseKubernetesVersion } from '../manifest/kubernetes.ts';
import { restartsPod } from '../manifest/needs.ts';
import { parsePlatform, type Platform } from '../manifest/openshift.ts';
import { parseQuantity, RESOURCES } from '../manifest/resources.ts';
import { version } from '../../config/version.ts';
import type { Form, InjectCommand, PolicyCommand } from './request.ts';

/** As commander hands them over. */
export type RawInjectOptions = {
  diff?: boolean;
  write?: boolean;
  policy?: boolean;
  publish?: boolean;
  sidecar?: string;
  kubernetes?: string;
  platform?: string;
  image?: string;
  tag?: string;
  volume?: readonly string[];
  container?: string;
  uid?: string;
  env?: readonly string[];
  cpu?: string;
  memory?: string;
  memoryLimit?: string;
  resources: boolean;
  ports: boolean;
  probes: boolean;
};

/** Throws FatalError with what is wrong. */
export function parsePolicyOptions(name: string | undefined, raw: RawInjectOptions): PolicyCommand {
  const others = { name, ...raw };
  const idle = ([...OF_MANIFESTS, 'name'] as const).filter((key) => others[key] !== undefined);
  const [first] = idle;
  if (first !== undefined) {
    const what = first === 'name' ? `a file (${name})` : `--${first}`;
    throw usage(`--policy: ${what} has no meaning there: the pods say what they need`);
  }
  return {
    image: readImage(raw),
    ports: raw.ports,
    probes: raw.probes,
    resources: readResources(raw),
    platform: readPlatform(raw),
    kubernetes:
      raw.kubernetes === undefined
        ? undefined
        : read('--kubernetes', raw.kubernetes, parseKubernetesVersion),
  };
}

const OF_MANIFESTS = [
  'diff',
  'write',
  'publish',
  'sidecar',
  'volume',
  'container',
  'uid',
  'env',
] as const;

/** What --publish sets itself. */
const OF_PUBLISHING = ['REHUP_PUBLISH', 'REHUP_WATCH', 'REHUP_CONFIG', 'REHUP_SOURCE'];

/** Throws FatalError with what is wrong. */
export function parseInjectOptions(
  given: string | undefined,
  raw: RawInjectOptions,
): InjectCommand {
  const { diff = false, write = false, volume, ports, probes } = raw;
  if (given === undefined) throw usage('name a manifest, or - for standard input, or --policy');
  const name = given;
  if (write && name === '-') throw usage('--write: standard input cannot be written to');
  if (write && diff) throw usage('--write, --diff: are two things; name one of them');
  const env = Object.fromEntries((raw.env ?? []).map((one) => read('--env', one, parseVariable)));
  requireRule(raw, env);
  const { publish = false } = raw;
  const twice = publish ? OF_PUBLISHING.find((one) => env[one] !== undefined) : undefined;
  if (twice !== undefined) {
    throw usage(`--env=${twice}: --publish sets that itself; --volume names the volumes`);
  }
  return {
    name,
    diff,
    write,
    ports,
    probes,
    form: readForm(raw),
    image: readImage(raw),
    volumes: volume?.flatMap(parseList),
    container: raw.container,
    uid: raw.uid === undefined ? undefined : read('--uid', raw.uid, parseUid),
    env: { ...completeState(env), ...(publish && { REHUP_PUBLISH: PUBLISHED_PATH }) },
    publish,
    resources: readResources(raw),
    platform: readPlatform(raw),
  };
}

function readForm({ sidecar, kubernetes }: RawInjectOptions): Form {
  const minor =
    kubernetes === undefined
      ? NATIVE_SIDECARS_SINCE
      : read('--kubernetes', kubernetes, parseKubernetesVersion);
  const isOld = minor < NATIVE_SIDECARS_SINCE;
  const form = read('--sidecar', sidecar ?? (isOld ? 'plain' : 'native'), oneOf('native', 'plain'));
  if (form === 'native' && isOld) {
    throw usage(
      `--sidecar=native: Kubernetes 1.${minor} does not know native sidecars; write plain`,
    );
  }
  return form;
}

/** What asks for a restart of the pod has to remember it. */
function completeState(env: InjectCommand['env']): InjectCommand['env'] {
  const { REHUP_RESTART: restart, REHUP_STATE_DIR: directory = '' } = env;
  const isForgetful = restartsPod(restart?.trim().toLowerCase()) && directory === '';
  return isForgetful ? { ...env, REHUP_STATE_DIR: STATE_DIRECTORY } : env;
}

/** An older server drops the rule: rehup would leave, and be started again alone. */
function requireRule({ kubernetes }: RawInjectOptions, env: InjectCommand['env']): void {
  if (kubernetes === undefined || !restartsPod(env['REHUP_RESTART'])) return;
  const minor = read('--kubernetes', kubernetes, parseKubernetesVersion);
  if (minor >= POD_RESTARTS_SINCE) return;
  throw usage(
    `--kubernetes=1.${minor}: REHUP_RESTART=pod takes Kubernetes 1.${POD_RESTARTS_SINCE}; write container or rollout`,
  );
}

function readPlatform({ platform }: RawInjectOptions): Platform | undefined {
  return platform === undefined ? undefined : read('--platform', platform, parsePlatform);
}

/** A tag or a digest behind the name stays, unless another tag is asked for. */
function readImage({ image = IMAGE_NAME, tag }: RawInjectOptions): string {
  const isTagged = /:[^/]+$/.test(image);
  if (tag === undefined) return isTagged ? image : `${image}:${version}`;
  if (isTagged) throw usage(`--tag=${tag}: --image has a tag already; leave one of them away`);
  return `${image}:${tag}`;
}

function readResources(raw: RawInjectOptions): object | undefined {
  if (!raw.resources) return undefined;
  const { requests, limits } = RESOURCES;
  return {
    requests: {
      cpu: read('--cpu', raw.cpu ?? requests.cpu, requireQuantity),
      memory: read('--memory', raw.memory ?? requests.memory, requireQuantity),
    },
    limits: { memory: read('--memory-limit', raw.memoryLimit ?? limits.memory, requireQuantity) },
  };
}

function requireQuantity(raw: string): string {
  if (parseQuantity(raw) === undefined) throw new InvalidValue('is not a quantity; write 5m, 48Mi');
  return raw;
}

function parseUid(raw: string): number {
  if (!/^\d+$/.test(raw)) throw new InvalidValue('is not a uid; write a number');
  return Number(raw);
}

/** The value is not shown: it may hold credentials. */
function parseVariable(raw: string): [string, string] {
  const [, name, value] = /^(REHUP_[A-Z0-9_]+)=(.*)$/s.exec(raw) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  const [written = ''] = raw.split('=', 1);
  throw usage(`--env=${written}: is not a setting of rehup; write REHUP_SIGNAL=SIGUSR1`);
}

function usage(message: string): FatalError {
  return new FatalError(message, exitCodes.configuration);
}
