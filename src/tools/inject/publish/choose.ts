import type { Settings } from '../../../config/options.ts';
import type { Container } from '../../manifest/container.ts';
import { findVolume, type Pod } from '../../manifest/pod.ts';
import { explainClosed, leave, type Leave, refuse } from '../plan.ts';
import { explainNone, findClosed, findSources } from '../sources.ts';
import type { Rule } from './environment.ts';
import { keysInPlace } from './forms.ts';
import { isPublishable, namePublished } from './volumes.ts';

type Choice = {
  volumes: readonly string[] | undefined;
  settings: Settings;
  uid: number | undefined;
};

/** The volumes that are to be published, each with what its mounts ask for; or why there is none. */
export function chooseVolumes(
  pod: Pod,
  apps: readonly Container[],
  choice: Choice,
): { rules: readonly Rule[]; closed: readonly string[] } | Leave {
  // A mount by subPath is no obstacle here, as it is none for a restart.
  const settings: Settings = { ...choice.settings, restart: 'container' };
  const sources = findSources(pod, apps, { ...choice, settings }).filter(
    ({ object }) => object === undefined,
  );
  const closed = findClosed(pod, apps, { ...choice, settings });
  if (sources.length === 0) {
    if (closed.length > 0) return refuse(explainClosed(closed));
    if (choice.volumes !== undefined) return leave(explainNone(pod, apps, choice));
    const isRead = explainNone(pod, apps, choice).includes('environment');
    return leave(
      isRead
        ? 'takes its ConfigMaps and Secrets from the environment, which the kubelet fills: nothing can be published there'
        : 'mounts no ConfigMap or Secret',
    );
  }
  const volumes = sources.flatMap(({ name }) => findVolume(pod, name) ?? []);
  const other = volumes.find((volume) => !isPublishable(volume));
  if (other !== undefined) {
    return refuse(
      `has a volume ${other.name} of the kind ${other.kind}, which something in the pod may write: that can be watched, not published`,
    );
  }
  const rules: Rule[] = [];
  for (const published of namePublished(pod, volumes)) {
    const keys = keysInPlace(pod, published);
    if ('trouble' in keys) return refuse(keys.trouble);
    const [key] = keys.globs;
    if (key !== undefined && choice.settings.action === 'none') {
      return refuse(
        `mounts ${key} by subPath, which is written in place, and REHUP_ACTION=none tells the app nothing: it may have read one half`,
      );
    }
    rules.push({ ...published, inPlace: keys.globs });
  }
  return { rules, closed };
}
