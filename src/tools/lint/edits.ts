import { environmentName } from '../../config/option.ts';
import { type OptionName, options } from '../../config/options.ts';
import type { Container } from '../manifest/container.ts';
import { append, type Edit } from '../manifest/edit.ts';
import type { Path } from '../manifest/path.ts';
import type { Pod } from '../manifest/pod.ts';
import { findFlag } from './settings/arguments.ts';
import { removalOf } from './settings/written.ts';
import type { Subject } from './subject.ts';

export type Changes = Partial<Record<OptionName, string | undefined>>;

/**
 * Sets options of rehup where they are written, or as variables; `undefined` takes one away. Removals
 * come last, since they move what is behind them. `undefined` where the configuration file has the
 * say.
 */
export function changeSettings(
  { settings, workload, rehup }: Subject,
  changes: Changes,
): Edit[] | undefined {
  const { written } = settings;
  const names = Object.keys(changes) as OptionName[];
  if (rawConfig(settings) && !names.every(isGlobal)) return undefined;
  const sets: Edit[] = [];
  const added: object[] = [];
  const removals: Edit[] = [];
  for (const name of names) {
    const value = changes[name];
    const { flag } = options[name];
    const variable = environmentName(flag);
    const [first, second] = findFlag(written.arguments, `--${flag}`);
    const origin = written.environment.origins.get(variable);
    if (value === undefined) removals.push(...removalOf(written, variable));
    else if (second !== undefined) sets.push({ path: second.path, value });
    else if (first !== undefined) sets.push({ path: first.path, value: `--${flag}=${value}` });
    else if (origin === undefined || origin.elsewhere) added.push({ name: variable, value });
    else sets.push({ path: origin.path, value: { name: variable, value } });
  }
  const root = workload.object.document.value;
  const list = [...rehup.path, 'env'];
  return [
    ...sets,
    ...(added.length > 0 ? append(root, list, ...added) : []),
    ...removals.toSorted((one, other) => lastOf(other.path) - lastOf(one.path)),
  ];
}

/** The environment wins over the file, but not for one rule alone. */
function isGlobal(name: OptionName): boolean {
  return { ...options[name] }.global === true;
}

function rawConfig({ written }: Subject['settings']): boolean {
  return written.configFile !== undefined;
}

function lastOf(path: Path): number {
  return Number(path.at(-1));
}

/** Mounts a volume in a container. */
export function addMount(
  { workload }: Subject,
  container: Container,
  mount: { name: string; mountPath: string },
): Edit[] {
  return append(workload.object.document.value, [...container.path, 'volumeMounts'], mount);
}

export function addVolume({ workload, pod }: Subject, volume: object): Edit[] {
  return append(workload.object.document.value, [...pod.path, 'volumes'], volume);
}

export function securityPath({ path }: Pod | Container, ...fields: string[]): Path {
  return [...path, 'securityContext', ...fields];
}
