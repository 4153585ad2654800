import type { Failure } from '../outcome.ts';
import { appOf } from './app.ts';
import { currentRuns, describeProcess, listContainers } from './containers.ts';
import { isSlip } from './near-miss.ts';
import { namesOf } from './program.ts';
import type { Among, Resolution } from './resolution.ts';
import { mountsOf } from './use.ts';
import { isDebugContainer } from './visitors.ts';

/** `container:NAME`: what the container of that name runs. */
export function selectContainer(name: string, among: Among): Resolution {
  const { others, signal } = among;
  const [run] = currentRuns(others.filter(({ container }) => container.name === name));
  const app = run && appOf(run, signal);
  if (app !== undefined) return { targets: [app] };
  const nameless = findNameless(name, among);
  return nameless ?? { failure: notFound(name, among) };
}

/**
 * Of a container in which all have changed their root, the name does not show. The only such one is
 * meant, if it also mounts the volume, or runs a program of that name.
 */
function findNameless(name: string, { others, watched, signal }: Among): Resolution | undefined {
  const runs = currentRuns(others.filter(({ container }) => container.name === undefined));
  const [only, ...more] = runs;
  if (only === undefined || more.length > 0) return undefined;
  const app = appOf(only, signal);
  if (app === undefined) return undefined;
  const isMeant =
    namesOf(app).includes(name) || watched.some(({ volume }) => mountsOf(app, volume).length > 0);
  return isMeant ? { targets: [app] } : { failure: notShown(name, describeProcess(app), app.comm) };
}

function notShown(name: string, process: string, comm: string): Failure {
  return {
    outcome: 'no-target',
    check: 'target-not-found',
    mayRun: true,
    reason: `no process shows that it is of a container named ${name}: ${process} may be, which has changed its root directory (chroot) and shows no name`,
    remedy: `set REHUP_TARGET=name:${comm}`,
    set: { REHUP_TARGET: `name:${comm}` },
  };
}

function notFound(name: string, { others }: Among): Failure {
  if (isDebugContainer(name)) {
    return {
      outcome: 'no-target',
      check: 'target-is-exec-session',
      reason: `${name} is the name of a container that kubectl debug has added, and no app`,
      remedy: 'set REHUP_TARGET to container:<name> with a name from spec.containers',
    };
  }
  const near = others
    .flatMap(({ container }) => container.name ?? [])
    .find((seen) => isSlip(seen, name));
  return {
    outcome: 'no-target',
    check: 'target-not-found',
    reason: `no process of a container named ${name} is running; seen: ${listContainers(others)}`,
    remedy: 'set REHUP_TARGET to container:<name> with a name from spec.containers',
    ...(near !== undefined && { set: { REHUP_TARGET: `container:${near}` } }),
  };
}
