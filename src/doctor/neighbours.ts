import { readFileSync } from 'node:fs';
import { appOf } from '../sidecar/target/app.ts';
import { currentRuns } from '../sidecar/target/containers.ts';
import { isReloader } from '../sidecar/target/program.ts';
import type { Process } from '../sidecar/target/processes.ts';
import { isOffLimits } from '../sidecar/target/self.ts';
import type { Context } from './context.ts';

/** Processes of the other containers. */
function othersIn({ processes, self }: Context): Process[] {
  return processes.filter((process) => !isOffLimits(process, self, processes));
}

/** The main process of each other container that may be an app. */
export function appsIn(context: Context): Process[] {
  if (!context.self.inPod) return [];
  return currentRuns(othersIn(context))
    .flatMap((members) => appOf(members) ?? [])
    .filter((entry) => !isReloader(entry));
}

/** The container's name, to go into a remedy. */
export function containerOf({ container }: Process): string {
  return container.name ?? '<container>';
}

/**
 * Names in the environment that a process was started with; their values stay where they are. Only of
 * a process with the uid and gid of rehup: `undefined` of any other.
 */
export function readVariableNames(pid: number): ReadonlySet<string> | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return new Set(variables.map((variable) => variable.split('=', 1)[0] ?? ''));
  } catch {
    return undefined;
  }
}
