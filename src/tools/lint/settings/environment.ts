import type { OptionName } from '../../../config/options.ts';
import { optionNames, options } from '../../../config/options.ts';
import { environmentName } from '../../../config/option.ts';
import type { Container, Variable } from '../../manifest/container.ts';
import type { ManifestDocument } from '../../manifest/document.ts';
import type { Path } from '../../manifest/path.ts';
import { keysOf, type ObjectIndex, readKey } from '../objects.ts';

/** Where a variable is written. */
export type Origin = {
  /** What to remove to be rid of it. */
  path: Path;
  /** What holds its value, where it is written out. */
  valuePath: Path;
  /** Where that is, if not in the workload. */
  elsewhere?: { document: ManifestDocument; object: string };
};

export type Environment = {
  /** The REHUP_ variables. Of those that the manifest does not tell, some value that is right. */
  values: Record<string, string>;
  origins: ReadonlyMap<string, Origin>;
  /** Names whose values are not in the manifest. */
  hidden: ReadonlySet<string>;
  /** There may be further ones: from an object that is not among the manifests. */
  open: boolean;
};

/** The environment that rehup's container will have, as far as the manifests tell. */
export function readEnvironment(
  { variables, variablesFrom }: Container,
  objects: ObjectIndex,
  namespace: string | undefined,
): Environment {
  const values: Record<string, string> = {};
  const origins = new Map<string, Origin>();
  const hidden = new Set<string>();
  let open = false;
  const set = (name: string, value: string | undefined, origin: Origin): void => {
    if (!name.startsWith('REHUP_')) return;
    const text = value ?? placeholderFor(name);
    if (value === undefined) hidden.add(name);
    else hidden.delete(name);
    if (text === undefined) return;
    values[name] = text;
    origins.set(name, origin);
  };
  for (const { prefix, ...reference } of variablesFrom) {
    const object = objects.find(reference, namespace);
    if (object === undefined) open = true;
    for (const key of object === undefined ? [] : keysOf(object)) {
      const path = [...(object?.path ?? []), 'data', key];
      const place = object && {
        document: object.document,
        object: `${object.kind}/${object.name}`,
      };
      set(`${prefix}${key}`, object && readKey(object, key), {
        path,
        valuePath: path,
        ...(place && { elsewhere: place }),
      });
    }
  }
  for (const variable of variables) {
    set(variable.name, valueOf(variable, objects, namespace), {
      path: variable.path,
      valuePath: [...variable.path, 'value'],
    });
  }
  return { values, origins, hidden, open };
}

/** What refers to other variables is not followed, and what yes, no, on and off were is not known. */
function valueOf(
  { value, source, reference }: Variable,
  objects: ObjectIndex,
  namespace: string | undefined,
): string | undefined {
  if (source === undefined) {
    if (typeof value === 'boolean') return undefined;
    const text =
      typeof value === 'string'
        ? value
        : value === undefined || value === null
          ? ''
          : JSON.stringify(value);
    return text.includes('$(') ? undefined : text;
  }
  const object = reference && objects.find(reference, namespace);
  return object && reference && readKey(object, reference.key);
}

const SAMPLES = ['http://127.0.0.1/', '/x', 'x', '1s', 'true', 'container', 'x=json'];

/** Something that the option takes: its value is not known, but it has one. */
export function placeholderFor(variable: string): string | undefined {
  const name = optionNames.find((one) => environmentName(options[one].flag) === variable);
  if (name === undefined) return '';
  const { default: fallback } = { ...options[name] };
  return [...(fallback === undefined ? [] : [fallback]), ...SAMPLES].find((sample) =>
    isAccepted(name, sample),
  );
}

export function isAccepted(name: OptionName, text: string): boolean {
  try {
    options[name].parse(text);
    return true;
  } catch {
    return false;
  }
}
