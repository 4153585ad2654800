import { NATIVE_SIDECARS_SINCE } from '../../manifest/conventions.ts';
import type { Edit } from '../../manifest/edit.ts';
import { getAt } from '../../manifest/path.ts';
import { changeSettings } from '../edits.ts';
import type { Found, Remedy } from '../finding.ts';
import type { Check } from '../check.ts';
import { asList, asRecord } from '../../../system/plain.ts';
import type { Container } from '../../manifest/container.ts';
import { findTargets, rulesThat, type Subject } from '../subject.ts';

/** Whether containers start, end and restart as they should. */
export const lifecycleChecks: readonly Check[] = [
  {
    id: 'native-sidecar-too-old',
    severity: 'error',
    summary:
      'rehup is a native sidecar, and the cluster is older than Kubernetes 1.29 (--kubernetes)',
    find: (subject) => {
      const { rehup, kubernetes } = subject;
      const isOld = kubernetes !== undefined && kubernetes < NATIVE_SIDECARS_SINCE;
      if (rehup.role !== 'sidecar' || !isOld) return [];
      return [
        {
          path: [...rehup.path, 'restartPolicy'],
          message: `rehup is a native sidecar, and Kubernetes 1.${kubernetes} does not know them`,
          why: 'an older server drops the field: rehup is then an init container that never ends, and the pod stays in Init',
          remedies: [becomePlain(subject)],
        },
      ];
    },
  },
  {
    id: 'init-container-never-ends',
    severity: 'error',
    summary: 'rehup is an init container without restartPolicy: Always, and the app never starts',
    find: (subject) => {
      const { rehup, settings } = subject;
      if (rehup.role !== 'init' || settings.command !== 'run') return [];
      const path = [...rehup.path, 'restartPolicy'];
      return [
        {
          path,
          message: 'rehup is an init container that never ends',
          why: 'the containers of the app start when the init containers have ended; restartPolicy: Always makes this one a sidecar (Kubernetes 1.29 and later)',
          remedies: [{ text: 'make it a native sidecar', edits: [{ path, value: 'Always' }] }],
        },
      ];
    },
  },
  {
    id: 'job-never-ends',
    severity: 'error',
    summary: 'rehup is a plain container of a Job, which then never completes',
    find: (subject) => {
      const { rehup, settings } = subject;
      if (!isJob(subject) || rehup.role !== 'app' || settings.command !== 'run') return [];
      return [
        {
          path: rehup.path,
          message: 'rehup keeps the Job from completing',
          why: 'a Job is complete when all its containers have ended, and rehup does not; native sidecars do not count (Kubernetes 1.29 and later)',
          remedies: [becomeNative(subject)],
        },
      ];
    },
  },
  {
    id: 'restart-policy-never',
    severity: 'error',
    summary:
      'rehup is to restart the container of the app, and the kubelet would not start it again',
    find: (subject) => {
      const { pod } = subject;
      const rules = rulesThat(
        subject,
        ({ restart, onFailure }) => onFailure !== undefined || restart === 'container',
      );
      if (pod.restartPolicy === 'Always' || rules.length === 0) return [];
      const targets = rules.flatMap(({ settings }) => findTargets(subject, settings));
      if (targets.length > 0 && targets.every(isStartedAgain)) return [];
      const path = [...pod.path, 'restartPolicy'];
      return [
        {
          path,
          message: `rehup is to restart the container of the app, and the pod has restartPolicy: ${pod.restartPolicy}`,
          why: 'the kubelet starts a container anew only where the policy says so: after the first change the app would be gone',
          remedies: [isJob(subject) ? leaveAlone(subject) : restartAlways(path)],
        },
      ];
    },
  },
];

/** A container may have a policy of its own, and rules by exit code (Kubernetes 1.34). */
function isStartedAgain({ value }: Container): boolean {
  const rules = asList(value['restartPolicyRules']).map(asRecord);
  return value['restartPolicy'] === 'Always' || rules.some(({ action }) => action === 'Restart');
}

function isJob({ workload }: Subject): boolean {
  return ['Job', 'CronJob'].includes(workload.object.kind);
}

/** From the init containers to the others. */
function becomePlain(subject: Subject): Remedy {
  const { rehup } = subject;
  return {
    text: 'make it a plain container',
    edits: [
      { path: [...rehup.path, 'restartPolicy'], remove: true },
      moveTo(subject, 'containers'),
    ],
  };
}

export function becomeNative(subject: Subject): Remedy {
  return {
    text: 'make it a native sidecar',
    edits: [
      { path: [...subject.rehup.path, 'restartPolicy'], value: 'Always' },
      moveTo(subject, 'initContainers'),
    ],
  };
}

function moveTo({ workload, pod, rehup }: Subject, list: string): Edit {
  const path = [...pod.path, list];
  const present = getAt(workload.object.document.value, path);
  const end = Array.isArray(present) ? present.length : 0;
  return { path: [...path, end], moveFrom: rehup.path };
}

/** A Job does not take the policy Always. */
function leaveAlone(subject: Subject): Found['remedies'][number] {
  const changes = { restart: undefined, onFailure: undefined };
  return { text: 'do without a restart', edits: changeSettings(subject, changes) ?? [] };
}

function restartAlways(path: Found['path']): Remedy {
  return { text: 'let the kubelet restart it', edits: [{ path, value: 'Always' }] };
}
