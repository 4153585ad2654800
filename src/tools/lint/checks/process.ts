import type { Settings } from '../../../config/options.ts';
import { nearest } from '../../../config/nearest.ts';
import type { Container } from '../../manifest/container.ts';
import { actsOnProcess, isRollout } from '../../manifest/needs.ts';
import { changeSettings } from '../edits.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import { findApps, findTargets, findSeen, rulesThat, type Subject, useOf } from '../subject.ts';

/** Which process a rule acts on, and whether rehup sees it. */
export const processChecks: readonly Check[] = [
  {
    id: 'process-namespace-not-shared',
    severity: 'error',
    summary:
      'rehup is to act on a process of the app, and the pod does not share its process namespace',
    find: (subject) => {
      const { pod } = subject;
      if (pod.sharesProcesses || rulesThat(subject, actsOnProcess).length === 0) return [];
      const path = [...pod.path, 'shareProcessNamespace'];
      return [
        {
          path,
          message: 'rehup cannot see the processes of the app',
          why: 'a signal or a restart takes a process that rehup can see; without shareProcessNamespace it sees those of its own container only (a reload by HTTP, REHUP_URL, needs none)',
          remedies: [
            {
              text: 'share the process namespace; every level of Pod Security allows that',
              edits: [{ path, value: true }],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'target-not-found',
    severity: 'error',
    summary: 'REHUP_TARGET names a container that the pod does not have, or that is rehup itself',
    find: (subject) => {
      const { pod, rehup } = subject;
      return namedTargets(subject)
        .filter((name) => name === rehup.name || !pod.containers.some((one) => one.name === name))
        .flatMap((name) =>
          wrongTarget(subject, {
            message:
              name === rehup.name
                ? `REHUP_TARGET names rehup itself: container:${name}`
                : `REHUP_TARGET names a container that is not there: container:${name}`,
            why: 'no process of that container can be found, so that no change reaches the app',
            better: nearest(
              name,
              findApps(subject).map((app) => app.name),
            ),
          }),
        );
    },
  },
  {
    id: 'target-in-init-container',
    severity: 'error',
    summary: 'REHUP_TARGET names an init container, which has ended before the app runs',
    find: (subject) => {
      const { pod } = subject;
      const inits = pod.containers.filter(({ role }) => role === 'init').map(({ name }) => name);
      return namedTargets(subject)
        .filter((name) => inits.includes(name))
        .flatMap((name) =>
          wrongTarget(subject, {
            message: `REHUP_TARGET names an init container: container:${name}`,
            why: 'an init container ends before the app starts: there will be no process to act on',
            better: (likelyApps(subject)[0] ?? findApps(subject)[0])?.name ?? '',
          }),
        );
    },
  },
  {
    id: 'target-ambiguous',
    severity: 'note',
    summary:
      'several containers mount the watched volume, and REHUP_TARGET does not say which is the app',
    find: (subject) =>
      rulesThat(subject, isOpen).flatMap(({ settings }): Found[] => {
        const names = crowdOf(subject, findSeen(subject, settings)).map(({ name }) => name);
        const [first] = names;
        if (first === undefined) return [];
        const restart = settings.restart !== undefined;
        return [
          {
            path: subject.rehup.path,
            message: `several containers mount the watched volume: ${names.join(', ')}`,
            why: restart
              ? 'which of them to restart is not left to chance: rehup refuses'
              : 'if more than one of them has a handler for the signal, rehup refuses to choose (ambiguous-target)',
            ...(restart && { severity: 'error' }),
            remedies: remedyFor(subject, `container:${first}`, 'name the app'),
          },
        ];
      }),
  },
];

function namedTargets(subject: Subject): string[] {
  const names = subject.settings.rules.flatMap(({ settings: { target } }) =>
    target.by === 'container' ? [target.name] : [],
  );
  return [...new Set(names)];
}

type Wrong = Pick<Found, 'message' | 'why'> & { better: string };

function wrongTarget(subject: Subject, { better, ...found }: Wrong): Found[] {
  const path = subject.settings.written.environment.origins.get('REHUP_TARGET')?.valuePath;
  return [
    {
      ...found,
      path: path ?? subject.rehup.path,
      remedies: remedyFor(subject, `container:${better}`, `name the app: container:${better}`),
    },
  ];
}

/** `REHUP_TARGET`, unless the configuration file has it. */
function remedyFor(subject: Subject, target: string, text: string): Found['remedies'] {
  return [{ text, edits: changeSettings(subject, { target }) ?? [] }];
}

/** Those that mount what is watched. */
function likelyApps(subject: Subject): Container[] {
  return subject.settings.rules.flatMap(({ settings }) =>
    findTargets(subject, { ...settings, target: { by: 'auto' } }),
  );
}

/** The target is left to rehup, and there may be one only. */
function isOpen(settings: Settings): boolean {
  const { target, select, restart } = settings;
  return actsOnProcess(settings) && !isRollout(restart) && target.by === 'auto' && select === 'one';
}

/** The containers that mount the same watched volume, if there is more than one. */
function crowdOf(subject: Subject, watched: ReturnType<typeof findSeen>): Container[] {
  const crowds = watched.map(({ volume }) =>
    findApps(subject).filter((app) => useOf(app, volume) === 'whole'),
  );
  return crowds.find(({ length }) => length > 1) ?? [];
}
