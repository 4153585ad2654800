import type { Container } from '../../manifest/container.ts';
import { sharesNetwork } from '../../manifest/platform.ts';
import type { Pod } from '../../manifest/pod.ts';
import { refuse, type Leave } from '../plan.ts';
import type { InjectOptions } from '../request.ts';
import type { Rule } from './environment.ts';

/** A native sidecar holds the app back by its probe alone. */
export function explainUngated(pod: Pod, options: InjectOptions): Leave | undefined {
  const { form, probes, settings, env } = options;
  if (form !== 'native') return undefined;
  const { listen } = settings;
  const isSeen =
    listen !== 'off' && (listen.host === undefined || (sharesNetwork(pod) && !env['REHUP_LISTEN']));
  if (probes && isSeen) return undefined;
  const what = probes
    ? 'with this REHUP_LISTEN the kubelet cannot ask /readyz'
    : 'with --no-probes';
  return refuse(
    `would start on nothing: ${what}, and that is what holds the app back; --sidecar plain does it by an init container`,
  );
}

/** What the kubelet puts into the environment goes past rehup. */
export function remarkBypass(apps: readonly Container[], rules: readonly Rule[]): string[] {
  const guarded = rules.flatMap(({ source }) => source.references);
  return apps.flatMap((app) => {
    const taken = [
      ...app.variablesFrom,
      ...app.variables.flatMap(({ reference }) => reference ?? []),
    ].filter(({ kind, name }) => guarded.some((one) => one.kind === kind && one.name === name));
    const names = [...new Set(taken.map(({ kind, name }) => `${kind} ${name}`))];
    return names.map(
      (object) =>
        `${app.name} has the ${object} in its environment, too: what is not let through reaches it there at its next start`,
    );
  });
}
