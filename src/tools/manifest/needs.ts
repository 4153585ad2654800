import type { Settings } from '../../config/options.ts';

type Action = Pick<Settings, 'url' | 'exec' | 'restart' | 'onFailure'>;

/** Whether a rule acts on a process: it must see it, and may have to signal it. */
export function actsOnProcess({ url, exec, restart, onFailure }: Action): boolean {
  if (onFailure !== undefined) return true;
  return url === undefined && exec === undefined && !isRollout(restart);
}

/** A rolling restart is asked of the API: no process of this pod is touched. */
export function isRollout(restart: string | undefined): boolean {
  return restart === 'rollout';
}

/** Whether the app starts anew, and so reads what would be stale otherwise. */
export function restarts({ restart }: Pick<Settings, 'restart'>): boolean {
  return restart !== undefined;
}
