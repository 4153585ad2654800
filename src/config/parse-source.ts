import { InvalidValue } from './parse.ts';

/** Objects whose content is taken from the API. */
export type SourceSpec = {
  kind: 'ConfigMap' | 'Secret';
  select: { name: string } | { labels: string };
  /** `own`: that of the pod. */
  namespaces: 'own' | 'all' | readonly string[];
  /** The annotation that names a folder; none: all files lie side by side. */
  folder: string | undefined;
  /** The name of a file is its key, or has namespace, kind and name of the object in it. */
  names: 'key' | 'unique';
};

/** The one that charts of Grafana and Prometheus set. */
export const FOLDER_ANNOTATION = 'k8s-sidecar-target-directory';

/** Where what comes from the API is kept: beside what is published, and shown to nobody. */
export function sourceFolder(publish: string): string {
  return `${publish}/..source`;
}

const KINDS = { configmap: 'ConfigMap', secret: 'Secret' } as const;

const FORMS =
  'configmap/<name>, secret/<name> or configmap?label=<name>=<value>&namespace=<namespace>';

/** Where the next source begins: label selectors and lists of namespaces have commas, too. */
const NEXT = /,(?=\s*(?:(?:configmap|secret)[/?]|$))/i;

/** `configmap/NAME,secret/NAME`, `configmap?label=K=V&namespace=A,B`, in any number and order. */
export function parseSources(raw: string): readonly SourceSpec[] {
  const specs = raw
    .split(NEXT)
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(parseOne);
  if (specs.length === 0) throw new InvalidValue(`names no source; write ${FORMS}`);
  return specs;
}

/** Names of objects and namespaces, as the API takes them. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

function parseOne(item: string): SourceSpec {
  const { kind, slash, name, query } =
    /^(?<kind>configmap|secret)(?:(?<slash>\/)(?<name>[^?]*))?(?:\?(?<query>.*))?$/is.exec(item)
      ?.groups ?? {};
  if (kind === undefined)
    throw new InvalidValue(`has ${item}, which is not a source; write ${FORMS}`);
  const settings = parseSettings(item, query ?? '');
  const { label = [], namespace = [], folder: folders = [], names = [] } = settings;
  const common = {
    kind: KINDS[kind.toLowerCase() as keyof typeof KINDS],
    namespaces: parseNamespaces(item, namespace),
    names: parseNames(item, names),
  };
  const [folder] = folders;
  if (slash !== undefined) {
    if (!NAME.test(name ?? '')) throw new InvalidValue(`has ${item}, which names no object`);
    if (label.length > 0) {
      throw new InvalidValue(`has ${item}: one object by its name, and no label beside it`);
    }
    if (common.namespaces === 'all' || common.namespaces.length === 0) {
      throw new InvalidValue(`has ${item}: an object by its name is of one namespace`);
    }
    return { ...common, select: { name: name ?? '' }, folder: folder || undefined };
  }
  const labels = label.join(',');
  if (labels === '') {
    throw new InvalidValue(`has ${item}, which takes every object there is: add a label`);
  }
  return { ...common, select: { labels }, folder: folder ?? FOLDER_ANNOTATION };
}

const SETTINGS = ['label', 'namespace', 'folder', 'names'] as const;

type Settings = { [Setting in (typeof SETTINGS)[number]]?: string[] };

/** Not as of a URL: the plus, the equals and the exclamation mark of a selector mean themselves. */
function parseSettings(item: string, query: string): Settings {
  const found: Settings = {};
  for (const part of query.split('&').filter((each) => each !== '')) {
    const at = part.indexOf('=');
    const written = at === -1 ? part : part.slice(0, at);
    const setting = SETTINGS.find((each) => each === written.trim());
    if (setting === undefined) {
      throw new InvalidValue(
        `has ${item}, with the setting ${written}; there are ${SETTINGS.join(', ')}`,
      );
    }
    const value = at === -1 ? '' : part.slice(at + 1).trim();
    found[setting] = [...(found[setting] ?? []), value];
  }
  return found;
}

function parseNamespaces(item: string, written: readonly string[]): SourceSpec['namespaces'] {
  const names = written.flatMap((each) => each.split(',')).map((name) => name.trim());
  if (names.length === 0) return 'own';
  if (names.includes('*')) return 'all';
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) {
    throw new InvalidValue(
      `has ${item}, where ${wrong || 'an empty name'} is not a namespace; all are *`,
    );
  }
  return [...new Set(names)];
}

function parseNames(item: string, written: readonly string[]): SourceSpec['names'] {
  const [names = 'key'] = written;
  if (names === 'key' || names === 'unique') return names;
  throw new InvalidValue(`has ${item}, where names is neither key nor unique`);
}
