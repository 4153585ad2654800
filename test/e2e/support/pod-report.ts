import { kubectl, type PodName } from './kubectl.ts';

const TAIL_LINES = 40;

/** An error that carries what is needed to see why: the end of every container's log and the pod's events. */
export async function explainFailure(
  pod: PodName,
  containers: readonly string[],
  what: string,
): Promise<Error> {
  const inNamespace = `--namespace=${pod.namespace}`;
  const parts = await Promise.all([
    ...containers.flatMap((container) => {
      const logs = ['logs', pod.name, inNamespace, `--container=${container}`];
      return [
        section(`log of ${container}`, [...logs, `--tail=${TAIL_LINES}`]),
        section(`log of ${container} before its restart`, [
          ...logs,
          `--tail=${TAIL_LINES}`,
          '--previous',
        ]),
      ];
    }),
    section('pod', ['get', 'pod', pod.name, inNamespace, '--output=wide']),
    section('events', [
      'get',
      'events',
      inNamespace,
      `--field-selector=involvedObject.name=${pod.name}`,
      '--sort-by=.lastTimestamp',
    ]),
  ]);
  return new Error([`${what} in time`, ...parts.filter(Boolean)].join('\n\n'));
}

async function section(title: string, args: readonly string[]): Promise<string> {
  // What cannot be had (most containers have no previous run) is left out.
  const text = await kubectl(args).catch(() => '');
  return text && `--- ${title}\n${text}`;
}
