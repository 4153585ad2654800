import { asList, asRecord, asText } from '../system/plain.ts';

/** What the kubelet does when a container ends with some exit code (KEP-5307, KEP-5532). */
export type RestartRule = {
  action: string;
  operator: string;
  values: readonly unknown[];
};

/** The rules of a container, as it stands in a manifest or in the API. */
export function readRestartRules(container: unknown): RestartRule[] {
  return asList(asRecord(container)['restartPolicyRules']).map((item) => {
    const { action, exitCodes } = asRecord(item);
    const { operator, values } = asRecord(exitCodes);
    return {
      action: asText(action) ?? '',
      operator: asText(operator) ?? '',
      values: asList(values),
    };
  });
}

/** The kubelet takes the first one that matches. */
export function ruleFor(code: number, rules: readonly RestartRule[]): RestartRule | undefined {
  return rules.find(({ operator, values }) =>
    operator === 'NotIn' ? !values.includes(code) : values.includes(code),
  );
}

export function restartsAll(rule: RestartRule | undefined): boolean {
  return rule?.action === 'RestartAllContainers';
}
