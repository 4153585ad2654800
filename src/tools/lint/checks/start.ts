import { asNumber, isRecord } from '../../../system/plain.ts';
import { STARTUP } from '../../manifest/conventions.ts';
import { actsOnProcess } from '../../manifest/needs.ts';
import { changeSettings } from '../edits.ts';
import type { Check } from '../check.ts';
import { findApps, findSeen, rulesThat, useOf } from '../subject.ts';

/** What goes on before the app runs. */
export const startChecks: readonly Check[] = [
  {
    id: 'startup-probe-slow',
    severity: 'warning',
    summary: 'the start-up probe of rehup makes every start of the app ten seconds longer',
    find: ({ rehup }) => {
      const probe = rehup.value['startupProbe'];
      if (rehup.role !== 'sidecar' || !isRecord(probe)) return [];
      const period = asNumber(probe['periodSeconds']) ?? 10;
      if (period <= 2) return [];
      const path = [...rehup.path, 'startupProbe'];
      return [
        {
          path,
          message: `the start-up probe of rehup comes every ${period} s, and the app waits for it`,
          why: 'the first one comes before rehup listens, and the app starts with the second (measured: 12 s instead of 3 s)',
          remedies: [
            {
              text: 'ask every second, for as long as before',
              edits: [
                { path: [...path, 'periodSeconds'], value: STARTUP.periodSeconds },
                { path: [...path, 'failureThreshold'], value: STARTUP.failureThreshold },
              ],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'init-container-mounts-volume',
    severity: 'warning',
    summary: 'an init container that comes after rehup mounts the watched volume',
    find: (subject) => {
      const { pod, rehup } = subject;
      if (rehup.role !== 'sidecar') return [];
      const later = pod.containers
        .slice(pod.containers.indexOf(rehup) + 1)
        .filter(({ role }) => role === 'init');
      const isOpen = rulesThat(
        subject,
        (settings) => actsOnProcess(settings) && settings.target.by === 'auto',
      );
      const watched = isOpen.flatMap(({ settings }) => findSeen(subject, settings));
      // What is published has to be there before somebody reads it.
      const mayFollow = isOpen.every(({ settings }) => settings.publish === undefined);
      const last = [...rehup.path.slice(0, -1), lastIndex(subject)];
      return later
        .filter((init) => watched.some(({ volume }) => useOf(init, volume) !== 'none'))
        .map(({ name, path }) => ({
          path,
          message: `the init container ${name} runs beside rehup, and mounts what it ${mayFollow ? 'watches' : 'publishes'}`,
          why: 'rehup takes the container that mounts the same volume for the app: a change that comes while it runs would be told to it',
          remedies: [
            ...(mayFollow
              ? [
                  {
                    text: 'start rehup after the init containers',
                    edits: [{ path: last, moveFrom: rehup.path }],
                  },
                ]
              : []),
            ...findApps(subject)
              .slice(0, 1)
              .map((app) => ({
                text: `name the app: container:${app.name}`,
                edits: changeSettings(subject, { target: `container:${app.name}` }) ?? [],
              })),
          ],
        }));
    },
  },
];

function lastIndex({ pod }: Parameters<typeof findApps>[0]): number {
  return pod.containers.filter(({ path }) => path.at(-2) === 'initContainers').length - 1;
}
