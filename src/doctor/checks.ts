import type { Check } from './check.ts';
import { apiCheck } from './checks/api.ts';
import { appMountCheck } from './checks/app-mount.ts';
import { clockCheck } from './checks/clock.ts';
import { execCheck } from './checks/exec.ts';
import { handlerCheck } from './checks/handler.ts';
import { lastReloadCheck } from './checks/last-reload.ts';
import { listenCheck } from './checks/listen.ts';
import { permissionCheck } from './checks/permission.ts';
import { processNamespaceCheck } from './checks/process-namespace.ts';
import { effectCheck, settingsCheck } from './checks/settings.ts';
import { restartRuleCheck } from './checks/restart-rule.ts';
import { publishCheck } from './checks/publish.ts';
import { stateDirectoryCheck } from './checks/state-directory.ts';
import { targetCheck } from './checks/target.ts';
import { tokenCheck } from './checks/token.ts';
import { urlCheck } from './checks/url.ts';
import { volumeCheck } from './checks/volume.ts';
import { watchCheck } from './checks/watch.ts';

/** Everything that a reload needs, in the order in which it does. */
export const checks: readonly Check[] = [
  settingsCheck,
  effectCheck,
  volumeCheck,
  watchCheck,
  processNamespaceCheck,
  targetCheck,
  appMountCheck,
  handlerCheck,
  permissionCheck,
  restartRuleCheck,
  urlCheck,
  execCheck,
  publishCheck,
  listenCheck,
  stateDirectoryCheck,
  clockCheck,
  lastReloadCheck,
  tokenCheck,
  apiCheck,
];
