import { option } from '../option.ts';
import * as parse from '../parse.ts';
import { parseEscalation } from '../parse-escalation.ts';

const group = 'What is done';

export const restartOptions = {
  restart: option({
    flag: 'restart',
    placeholder: 'WHAT',
    group,
    help: 'For apps that cannot reload: container ends the main process of the target, so that the kubelet starts its container anew, with the current content also of subPath mounts and environment variables; rollout replaces all pods of the own Deployment, StatefulSet, DaemonSet or Argo Rollout, once for all replicas: needs POD_NAME, and the Role in examples/rbac/rollout.yaml; pod leaves with exit code 88, for which a RestartAllContainers rule of the rehup container has the kubelet restart the pod in place (Kubernetes 1.36): needs REHUP_STATE_DIR, and neither a shared process namespace nor a uid',
    parse: parse.oneOf('container', 'rollout', 'pod'),
  }),
  stopSignal: option({
    flag: 'stop-signal',
    placeholder: 'SIGNAL',
    group,
    help: 'With a restart of the container: what asks the process to end, as the STOPSIGNAL of its image or lifecycle.stopSignal: SIGQUIT for nginx, SIGINT for postgres, SIGWINCH for httpd, SIGUSR1 for HAProxy',
    default: 'SIGTERM',
    parse: parse.parseStopSignal,
  }),
  grace: option({
    flag: 'grace',
    placeholder: 'DURATION',
    group,
    help: 'With a restart: how long the process may take to end after the stop signal before SIGKILL',
    default: '30s',
    parse: parse.parseDuration,
  }),
  restartTimeout: option({
    flag: 'restart-timeout',
    placeholder: 'DURATION',
    group,
    help: 'With a restart: how long the kubelet may take to start the container anew, or the other containers of the pod, or a rollout to become ready; with --publish also: how long the app may stay away from content that it has not proved, until the last good one is published again',
    default: '5m',
    parse: parse.parsePositiveDuration,
  }),
  onFailure: option({
    flag: 'on-failure',
    placeholder: 'ACTION',
    group,
    help: 'After failed attempts, do the harder thing: restart (after 3) or restart:N; if that fails with the same content, no further attempt until there is newer content',
    parse: parseEscalation,
  }),
};
