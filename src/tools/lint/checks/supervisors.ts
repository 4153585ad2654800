import { basename } from 'node:path';
import {
  INIT_WRAPPERS,
  SUPERVISED_IMAGES,
  type Supervisor,
  SUPERVISORS,
} from '../../../config/supervisors.ts';
import type { Container } from '../../manifest/container.ts';
import { actsOnProcess, restarts } from '../../manifest/needs.ts';
import type { Check } from '../check.ts';
import { changeSettings } from '../edits.ts';
import { findTargets, rulesThat } from '../subject.ts';

/** Whether the first process of the app is the app. */
export const supervisorChecks: readonly Check[] = [
  {
    id: 'supervisor-as-entry',
    severity: 'warning',
    summary: 'the app is started by a supervisor, to which the signal means something else',
    find: (subject) =>
      rulesThat(subject, isLeftToRehup).flatMap(({ settings }) =>
        findTargets(subject, settings).flatMap((app) => {
          const supervisor = supervisorOf(app);
          if (supervisor === undefined) return [];
          return [
            {
              path: [...app.path, startedBy(app)],
              message: `${app.name} is started by ${supervisor.program}, which is no app: at SIGHUP it ${supervisor.onHangup}`,
              why: 'the first process of a container is what rehup signals, and a supervisor does not pass it on for the app to read its configuration: rehup refuses',
              remedies: [
                {
                  text: 'name the program that is to be signalled; name:app stands for its name',
                  edits: changeSettings(subject, { target: `name:${app.name}` }) ?? [],
                },
              ],
            },
          ];
        }),
      ),
  },
];

function isLeftToRehup(
  settings: Parameters<typeof actsOnProcess>[0] & { target: { by: string } },
): boolean {
  const { by } = settings.target;
  return actsOnProcess(settings) && !restarts(settings) && (by === 'auto' || by === 'container');
}

/** Of the words that start it, behind what only starts one other. */
function startedBy({ command, args, image }: Container): string {
  if (command.length > 0) return 'command';
  return byImage(image) === undefined && args.length > 0 ? 'args' : 'image';
}

/** What the image starts, where the manifest starts nothing else. */
function byImage(image = ''): Supervisor | undefined {
  const known = SUPERVISED_IMAGES.find((one) => `/${image}`.includes(`/${one.image}`));
  return SUPERVISORS.find(({ program }) => program === known?.program);
}

function supervisorOf({ command, args, image }: Container): Supervisor | undefined {
  const known = command.length === 0 ? byImage(image) : undefined;
  if (known !== undefined) return known;
  const entry = [...command, ...args]
    .filter((word) => !word.startsWith('-'))
    .map((word) => basename(word))
    .find((word) => !INIT_WRAPPERS.includes(word));
  return SUPERVISORS.find(({ program }) => program === entry);
}
