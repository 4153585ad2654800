import type { Container } from '../../manifest/container.ts';
import { IMAGE_UID } from '../../manifest/conventions.ts';
import type { Edit } from '../../manifest/edit.ts';
import { asList, asNumber, asRecord } from '../../../system/plain.ts';
import { mayBeAssigned } from '../../manifest/openshift.ts';
import { securityOf } from '../../manifest/pod.ts';
import { actsOnProcess } from '../../manifest/needs.ts';
import { securityPath } from '../edits.ts';
import type { Remedy } from '../finding.ts';
import type { Check } from '../check.ts';
import { findTargets, rulesThat, type Subject } from '../subject.ts';

/** Whether rehup may signal the app. Who may signal whom: kill(2). */
export const userChecks: readonly Check[] = [
  {
    id: 'other-uid',
    severity: 'error',
    summary: 'rehup runs as another uid than the app, and has no KILL',
    find: (subject) => {
      const { rehup } = subject;
      const ours = uidOf(subject, rehup) ?? IMAGE_UID;
      const strangers = findStrangers(subject, ours).filter(({ uid }) =>
        isJudged(subject, ours, uid),
      );
      const [first] = strangers;
      if (first === undefined || maySignalAll(subject)) return [];
      const uids = new Set(strangers.map(({ uid }) => uid));
      const apps = strangers.map(({ app, uid }) => `${app.name} as uid ${uid}`).join(', ');
      const same = uids.size > 1 ? [] : [shareUid(subject, first, ours)];
      return [
        {
          path: securityPath(rehup, 'runAsUser'),
          message: `rehup runs as uid ${ours}, and ${apps}`,
          why: 'the kernel lets a process signal those of its own user only, unless it is root with KILL',
          remedies: [...same, ...becomeRoot(subject, first.uid === 0 && uids.size === 1)],
        },
      ];
    },
  },
  {
    id: 'app-uid-unknown',
    severity: 'warning',
    summary: 'neither the manifest of the app nor that of rehup says as which uid it runs',
    find: (subject) => {
      const { rehup, platform } = subject;
      // All containers of a pod get one uid there.
      if (platform === 'openshift') return [];
      if (uidOf(subject, rehup) !== undefined || maySignalAll(subject)) return [];
      const unknown = targetsOf(subject).filter((app) => uidOf(subject, app) === undefined);
      const [app] = unknown;
      if (app === undefined) return [];
      return [
        {
          path: securityPath(app, 'runAsUser'),
          message: `the manifest does not say as which uid ${app.name} runs, and rehup runs as ${IMAGE_UID}: if the two differ, it may not signal ${app.name}`,
          why: 'the kernel lets a process signal those of its own user only; the uid of the app is up to its image',
          remedies: [
            {
              text: `ask for the uid (${askForUid(app)}), and give it to rehup: rehup inject --uid N, or securityContext: {runAsUser: N} of the container ${rehup.name}`,
              edits: [],
            },
            ...becomeRoot(subject, false),
            {
              text: 'reload by HTTP, if the app can (REHUP_URL): that needs no uid',
              edits: [],
            },
            {
              text: 'leave it: on OpenShift all containers of a pod get one uid (--platform openshift)',
              edits: [],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'kill-without-effect',
    severity: 'warning',
    summary: 'KILL is added to rehup, which has no effect since it is not root',
    find: (subject) => {
      const { rehup } = subject;
      if (!adds(rehup, 'KILL') || (uidOf(subject, rehup) ?? IMAGE_UID) === 0) return [];
      const path = securityPath(rehup, 'capabilities', 'add');
      return [
        {
          path,
          message: 'KILL is added, but rehup is not root',
          why: 'the kernel takes added capabilities from a process that is not root when it starts its program (KEP-2763 would change that)',
          remedies: [
            {
              text: "remove it, and run rehup with the app's uid; Pod Security restricted allows it",
              edits: [{ path, remove: true }],
            },
            ...becomeRoot(subject, false),
          ],
        },
      ];
    },
  },
  {
    id: 'root-refused',
    severity: 'error',
    summary: 'rehup is to run as root, and runAsNonRoot forbids it',
    find: (subject) => {
      const { pod, rehup, platform } = subject;
      // Root is refused there in any case, which is a finding of its own.
      if (platform === 'openshift') return [];
      if (uidOf(subject, rehup) !== 0 || securityOf(pod, rehup, 'runAsNonRoot') !== true) return [];
      const path = securityPath(rehup, 'runAsNonRoot');
      return [
        {
          path,
          message: 'rehup has runAsUser: 0, and runAsNonRoot: true holds for it',
          why: 'the kubelet does not start the container (CreateContainerConfigError)',
          remedies: [
            {
              text: 'make an exception for the rehup container; Pod Security restricted does not allow it, baseline does',
              edits: [{ path, value: false }],
            },
          ],
        },
      ];
    },
  },
];

/** A container that runs is asked; an image tells where it says a number. */
function askForUid({ name, image = 'IMAGE' }: Container): string {
  return `kubectl exec POD -c ${name} -- id -u, or docker inspect --format '{{.Config.User}}' ${image}`;
}

function targetsOf(subject: Subject): Container[] {
  const targets = rulesThat(subject, actsOnProcess).flatMap(({ settings }) =>
    findTargets(subject, settings),
  );
  return [...new Set(targets)];
}

type Stranger = { app: Container; uid: number };

/** Targets that are known to have another uid. Of those found by name, none may be right. */
function findStrangers(subject: Subject, ours: number): Stranger[] {
  const found = rulesThat(subject, actsOnProcess).flatMap(({ settings }) => {
    const known = findTargets(subject, settings).map((app) => ({ app, uid: uidOf(subject, app) }));
    const strangers = known.filter(
      (one): one is Stranger => one.uid !== undefined && one.uid !== ours,
    );
    const byName = settings.target.by !== 'auto' && settings.target.by !== 'container';
    return byName && strangers.length < known.length ? [] : strangers;
  });
  return [...new Map(found.map((one) => [one.app.name, one])).values()];
}

/** Of ids that the SCC refuses another finding tells; what it assigns is the same for all. */
function isJudged({ platform, ...subject }: Subject, ours: number, theirs: number): boolean {
  if (platform !== 'openshift') return true;
  const isWritten = asNumber(securityOf(subject.pod, subject.rehup, 'runAsUser')) === ours;
  return isWritten && mayBeAssigned(ours) && mayBeAssigned(theirs);
}

function uidOf({ pod }: Subject, container: Container): number | undefined {
  return asNumber(securityOf(pod, container, 'runAsUser'));
}

/** Root has KILL unless it is dropped. */
function maySignalAll(subject: Subject): boolean {
  const { rehup } = subject;
  if (uidOf(subject, rehup) !== 0) return false;
  return rehup.security['privileged'] === true || adds(rehup, 'KILL') || !drops(rehup, 'KILL');
}

function adds(container: Container, name: string): boolean {
  return lists(container, 'add', name);
}

function drops(container: Container, name: string): boolean {
  return lists(container, 'drop', name);
}

function lists({ security }: Container, which: 'add' | 'drop', name: string): boolean {
  const names = asList(asRecord(security['capabilities'])[which]).map(String);
  return names.some((one) => ['ALL', name, `CAP_${name}`].includes(one.toUpperCase()));
}

function shareUid({ rehup }: Subject, { app, uid }: Stranger, ours: number): Remedy {
  if (uid === 0) {
    return {
      text: `run ${app.name} as the user of rehup, if it can; Pod Security restricted allows it`,
      edits: [{ path: securityPath(app, 'runAsUser'), value: ours }],
    };
  }
  return {
    text: `run rehup with the uid of ${app.name}; Pod Security restricted allows it`,
    edits: [{ path: securityPath(rehup, 'runAsUser'), value: uid }, ...exceptFromRoot(rehup, uid)],
  };
}

function exceptFromRoot(rehup: Container, uid: number): Edit[] {
  const forbids = rehup.security['runAsNonRoot'] === false && uid !== 0;
  return forbids ? [{ path: securityPath(rehup, 'runAsNonRoot'), value: true }] : [];
}

/** @param sameUid The app is root: no capability is needed beside the uid. */
function becomeRoot({ rehup, platform }: Subject, sameUid: boolean): Remedy[] {
  // The SCC takes neither root nor KILL.
  if (platform === 'openshift') return [];
  const capabilities = sameUid ? { drop: ['ALL'] } : { drop: ['ALL'], add: ['KILL'] };
  const what = sameUid ? 'as root, like the app' : 'as root with KILL alone';
  return [
    {
      text: `run rehup ${what}; Pod Security baseline allows it, restricted does not`,
      edits: [
        { path: securityPath(rehup, 'runAsUser'), value: 0 },
        { path: securityPath(rehup, 'runAsNonRoot'), value: false },
        { path: securityPath(rehup, 'capabilities'), value: capabilities },
      ],
    },
  ];
}
