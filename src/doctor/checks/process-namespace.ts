import { notShared } from '../../sidecar/target/select.ts';
import { type Check, perRule } from '../check.ts';
import { failAs, pass } from '../finding.ts';
import { podField } from '../remedy.ts';

/** The processes of the other containers can be seen, where that is needed. */
export const processNamespaceCheck: Check = perRule('process-namespace', ({ acting }, { self }) => {
  const { needsTarget, kind } = acting.action;
  if (!self.inPod) return [pass('rehup is not in a pod: it sees all processes of the machine')];
  if (self.sharesProcesses) return [pass('the pod shares its process namespace')];
  if (!needsTarget)
    return [pass(`the pod does not share its process namespace: ${kind} needs it not`)];
  const shared = { changes: [podField('shareProcessNamespace', true)] };
  return [failAs(notShared, 'process-namespace-not-shared', [shared])];
});
