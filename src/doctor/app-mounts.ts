import type { Watched } from '../sidecar/target/resolution.ts';
import type { Process } from '../sidecar/target/processes.ts';
import type { RuleContext } from './context.ts';
import { containerOf, readVariableNames } from './neighbours.ts';
import { addMount, type Remedy, removeMount } from './remedy.ts';
import { directoryFor, isSameVolume, nameOf, volumesOf } from './volumes.ts';

/** A mount of rehup's own whose volume is known. */
export type Known = Watched & { volume: NonNullable<Watched['volume']> };

/** The whole volume in an app's container, instead of the keys that it mounts. */
export function mountWholeIn(user: Process, { volume }: Known): Remedy {
  const container = containerOf(user);
  const keys = volumesOf(user).filter((theirs) => isSameVolume(theirs.volume, volume));
  const [first] = keys;
  const name = nameOf(volume);
  const directory = directoryFor(first?.path ?? '/etc/app', name);
  return {
    changes: [
      ...keys.map(({ path }) => removeMount(container, path)),
      addMount(container, name, directory),
    ],
    note: `let the app read its files from ${directory}`,
  };
}

/** The volumes in an app's container, where rehup has them. */
export function mountAllIn(app: Process, known: readonly Known[]): Remedy {
  const container = containerOf(app);
  return { changes: known.map(({ path, volume }) => addMount(container, nameOf(volume), path)) };
}

/** An app with variables in its environment that are named like keys of the volumes. */
export type Taker = { app: Process; variables: readonly string[] };

export function findTaker(
  apps: readonly Process[],
  known: readonly Known[],
  { readings }: RuleContext,
): Taker | undefined {
  const keys = known.flatMap(({ path }) => {
    const reading = readings.get(path);
    return reading && 'snapshot' in reading ? [...reading.snapshot.keys.keys()] : [];
  });
  const takers = apps.map((app) => {
    const names = readVariableNames(app.pid);
    return { app, variables: keys.filter((key) => names?.has(key)) };
  });
  return takers.find(({ variables }) => variables.length > 0);
}
