import { exitCodes } from '../../../system/errors.ts';
import {
  readRestartRules,
  restartsAll,
  type RestartRule,
  ruleFor,
} from '../../../kubernetes/restart-rules.ts';
import { asList } from '../../../system/plain.ts';
import { POD_RESTART_RULE, POD_RESTARTS_SINCE } from '../../manifest/conventions.ts';
import { restartsPod } from '../../manifest/needs.ts';
import type { Check } from '../check.ts';
import { changeSettings } from '../edits.ts';
import type { Found, Remedy } from '../finding.ts';
import { rulesThat, type Subject } from '../subject.ts';
import { becomeNative } from './lifecycle.ts';

const CODE = exitCodes.restartPod;

/** Whether the kubelet restarts the pod when rehup leaves for that (REHUP_RESTART=pod). */
export const podRestartChecks: readonly Check[] = [
  {
    id: 'pod-restart-rule-missing',
    severity: 'error',
    summary: `rehup is to have the pod restarted, and its container has no rule RestartAllContainers for exit code ${CODE}`,
    find: (subject) => {
      const { rehup } = subject;
      if (!leavesForRestart(subject)) return [];
      const rules = readRestartRules(rehup.value);
      const first = ruleFor(CODE, rules);
      if (restartsAll(first)) return [];
      const path = [...rehup.path, 'restartPolicyRules'];
      return [
        {
          path: rules.length > 0 ? path : rehup.path,
          message: describe(subject, rules, first),
          why: 'without it the kubelet starts rehup alone anew, and the app goes on with the old content',
          remedies: [writeRule(subject, rules)],
        },
      ];
    },
  },
  {
    id: 'pod-restart-not-native',
    severity: 'warning',
    summary: 'rehup is to have the pod restarted, and is a plain container',
    find: (subject) => {
      const { rehup } = subject;
      if (rehup.role !== 'app' || !leavesForRestart(subject)) return [];
      return [
        {
          path: rehup.path,
          message: 'rehup has the pod restarted, and starts beside the app, not before it',
          why: 'what is there when rehup starts counts as read by the app: a change between the two starts would be missed; a native sidecar starts first',
          remedies: [becomeNative(subject)],
        },
      ];
    },
  },
  {
    id: 'pod-restart-too-old',
    severity: 'error',
    summary: `rehup is to have the pod restarted, and the cluster is older than Kubernetes 1.${POD_RESTARTS_SINCE} (--kubernetes)`,
    find: (subject) => {
      const { kubernetes, settings, rehup } = subject;
      const isOld = kubernetes !== undefined && kubernetes < POD_RESTARTS_SINCE;
      if (!isOld || !leavesForRestart(subject)) return [];
      const path = settings.written.environment.origins.get('REHUP_RESTART')?.valuePath;
      return [
        {
          path: path ?? rehup.path,
          message: `rehup has the pod restarted by its exit code, and Kubernetes 1.${kubernetes} has no rule for that`,
          why: `the kubelet restarts all containers of a pod since 1.${POD_RESTARTS_SINCE} (1.35 with the feature gate RestartAllContainersOnContainerExits); an older server drops the rule, and rehup alone is started again`,
          remedies: [restartContainer(subject)],
        },
      ];
    },
  },
];

function leavesForRestart(subject: Subject): boolean {
  return rulesThat(subject, ({ restart }) => restartsPod(restart)).length > 0;
}

function describe(
  { others }: Subject,
  rules: readonly RestartRule[],
  first: RestartRule | undefined,
): string {
  if (first !== undefined) {
    return `the first rule that matches exit code ${CODE} of rehup is ${first.action}`;
  }
  const wanted = rules.find(restartsAll);
  if (wanted !== undefined) {
    return `rehup leaves with exit code ${CODE}, and the rule of its container is for ${wanted.values.join(', ')}`;
  }
  const elsewhere = others.find(({ value }) => restartsAll(ruleFor(CODE, readRestartRules(value))));
  return elsewhere === undefined
    ? `rehup leaves with exit code ${CODE} for the pod to be restarted, and its container has no rule for that`
    : `the rule for exit code ${CODE} is on the container ${elsewhere.name}, and it is rehup that leaves with it`;
}

/** Before all others, of which one may match as well. The API server takes rules beside a policy only. */
function writeRule({ rehup }: Subject, rules: readonly RestartRule[]): Remedy {
  const kept = asList(rehup.value['restartPolicyRules']).filter(
    (_, index) => !restartsAll(rules[index]),
  );
  const path = [...rehup.path, 'restartPolicyRules'];
  const hasPolicy = rehup.value['restartPolicy'] !== undefined;
  return {
    text: 'write the rule into the rehup container',
    edits: [
      ...(hasPolicy ? [] : [{ path: [...rehup.path, 'restartPolicy'], value: 'Always' }]),
      { path, value: [POD_RESTART_RULE, ...kept] },
    ],
  };
}

function restartContainer(subject: Subject): Found['remedies'][number] {
  return {
    text: 'have the container of the app restarted (REHUP_RESTART=container): that takes a shared process namespace and its uid',
    edits: changeSettings(subject, { restart: 'container' }) ?? [],
  };
}
