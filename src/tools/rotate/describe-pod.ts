import type { Pod } from '../../kubernetes/types.ts';

type State = {
  running?: unknown;
  waiting?: { reason?: string; message?: string };
  terminated?: { exitCode?: number; signal?: number; reason?: string };
};

type ContainerStatus = { name: string; ready?: boolean; state?: State; lastState?: State };

export type PodStatus = {
  conditions?: readonly { type?: string; status?: string; reason?: string; message?: string }[];
  initContainerStatuses?: readonly ContainerStatus[];
  containerStatuses?: readonly ContainerStatus[];
};

export type PodWithStatus = Pod & { status?: PodStatus };

/** What a container that has not been created yet waits with: why is in the events, if anywhere. */
const CREATING = /^(?:ContainerCreating|PodInitializing)$/;

export function isReady({ status }: PodWithStatus): boolean {
  return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
}

/**
 * Why a pod is not ready, container by container. Not the termination message: that may be the end of
 * the app's log.
 */
export function describePod({ status = {} }: PodWithStatus): string[] {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
  const unscheduled = conditions.find(
    ({ type, status: value }) => type === 'PodScheduled' && value === 'False',
  );
  if (unscheduled) return [`cannot be scheduled: ${unscheduled.message ?? unscheduled.reason}`];
  const init = initContainerStatuses.filter(({ ready }) => ready !== true);
  // What comes behind an init container that fails only waits for it.
  const ofInit = init.flatMap((one) => describeContainer(one));
  if (ofInit.length > 0) return ofInit;
  return containerStatuses
    .filter(({ ready }) => ready !== true)
    .flatMap((one) => describeContainer(one));
}

/** It waits for something that only events tell, such as a volume. */
export function isBeingCreated({ status = {} }: PodWithStatus): boolean {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return all.some(({ state }) => CREATING.test(state?.waiting?.reason ?? ''));
}

function describeContainer({ name, state = {}, lastState = {} }: ContainerStatus): string[] {
  const { terminated: last } = lastState;
  const before = last === undefined ? [] : [`its last run ${describeEnd(last)}`];
  const said = [...describeState(state, last !== undefined), ...before];
  return said.length === 0 ? [] : [`container ${name}: ${said.join('; ')}`];
}

/** What a container waits with after a run says no more than how that ended. */
function describeState({ waiting, terminated, running }: State, hasRun: boolean): string[] {
  if (running !== undefined) return ['it runs, and is not ready'];
  if (terminated) return terminated.exitCode === 0 ? [] : [describeEnd(terminated)];
  const { reason = '', message = '' } = waiting ?? {};
  if (reason === '' || CREATING.test(reason)) return [];
  return [hasRun || message === '' ? reason : `${reason}: ${message}`];
}

function describeEnd({ exitCode, signal, reason }: NonNullable<State['terminated']>): string {
  const how = signal ? `signal ${signal}` : `exit code ${exitCode}`;
  return `ended with ${how}${reason !== undefined && reason !== 'Error' ? ` (${reason})` : ''}`;
}
