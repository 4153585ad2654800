import { apiChecks } from './checks/api.ts';
import { appChecks } from './checks/app.ts';
import { canaryChecks } from './checks/canary.ts';
import { includeChecks } from './checks/include.ts';
import { lifecycleChecks } from './checks/lifecycle.ts';
import { mountChecks } from './checks/mounts.ts';
import { objectChecks } from './checks/objects.ts';
import { openshiftChecks } from './checks/openshift.ts';
import { platformChecks } from './checks/platform.ts';
import { podRestartChecks } from './checks/pod-restart.ts';
import { portChecks } from './checks/ports.ts';
import { processChecks } from './checks/process.ts';
import { publishChecks } from './checks/publish.ts';
import { publishGateChecks } from './checks/publish-gate.ts';
import { publishedChecks } from './checks/published.ts';
import { readableChecks } from './checks/readable.ts';
import { resourceChecks } from './checks/resources.ts';
import { settingChecks } from './checks/settings.ts';
import { startChecks } from './checks/start.ts';
import { stateChecks } from './checks/state.ts';
import { stopSignalChecks } from './checks/stop-signal.ts';
import { supervisorChecks } from './checks/supervisors.ts';
import { userChecks } from './checks/user.ts';
import type { Kind } from './finding.ts';
import type { Check } from './check.ts';
import { noSidecar } from './no-sidecar.ts';

/** Looked for in every workload with rehup, in the order of the documentation. */
export const checks: readonly Check[] = [
  ...processChecks,
  ...stopSignalChecks,
  ...supervisorChecks,
  ...publishChecks,
  ...publishedChecks,
  ...publishGateChecks,
  ...canaryChecks,
  ...userChecks,
  ...mountChecks,
  ...readableChecks,
  ...appChecks,
  ...objectChecks,
  ...settingChecks,
  ...includeChecks,
  ...portChecks,
  ...stateChecks,
  ...apiChecks,
  ...lifecycleChecks,
  ...podRestartChecks,
  ...startChecks,
  ...resourceChecks,
  ...platformChecks,
  ...openshiftChecks,
];

export const syntaxProblem: Kind = {
  id: 'yaml-syntax',
  severity: 'error',
  summary: 'a document cannot be read',
};

/** Every kind of finding there is. */
export const kinds: readonly Kind[] = [syntaxProblem, ...checks, noSidecar];
