import { readRestartRules, restartsAll, ruleFor } from '../../kubernetes/restart-rules.ts';
import { exitCodes } from '../../system/errors.ts';
import { type Check, perRule } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass } from '../finding.ts';
import { containerField } from '../remedy.ts';

const CODE = exitCodes.restartPod;

/** The kubelet restarts the pod when rehup leaves for that (REHUP_RESTART=pod), as far as it can be seen. */
export const restartRuleCheck: Check = perRule(
  'restart-rule',
  async ({ settings }, context, signal) => {
    if (settings.restart !== 'pod') return [];
    const own = await readOwn(context, signal);
    if (own === undefined) {
      return [
        pass(`whether the kubelet restarts the pod at exit code ${CODE} does not show in it`),
      ];
    }
    const rule = ruleFor(CODE, readRestartRules(own));
    if (restartsAll(rule)) return [pass(`the rule of ${own.name} restarts the pod at ${CODE}`)];
    return [missing(own.name)];
  },
);

async function readOwn(
  { openOwnPod, container }: Context,
  signal: AbortSignal,
): Promise<{ name: string } | undefined> {
  try {
    const own = await openOwnPod?.(signal);
    const { containers = [], initContainers = [] } = own?.pod.spec ?? {};
    return [...initContainers, ...containers].find(({ name }) => name === container);
  } catch {
    signal.throwIfAborted();
    // No access: what needs it says so itself.
    return undefined;
  }
}

function missing(container: string): Bare {
  return fail('pod-restart-rule-missing', {
    seen: `the container ${container} has no rule RestartAllContainers for exit code ${CODE}: it was not written, or an older server has dropped it`,
    remedy:
      'write the rule into the rehup container, on Kubernetes 1.36 or later: restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]',
    remedies: [
      {
        changes: [
          containerField(container, 'restartPolicyRules', [
            { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [CODE] } },
          ]),
        ],
      },
    ],
  });
}
