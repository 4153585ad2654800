import type { Settings } from '../../config/options.ts';

type Action = Pick<Settings, 'url' | 'exec' | 'restart' | 'onFailure'> &
  Partial<Pick<Settings, 'action'>>;

/** Whether a rule acts on a process: it must see it, and may have to signal it. */
export function actsOnProcess({ url, exec, restart, onFailure, action }: Action): boolean {
  if (onFailure !== undefined) return true;
  if (action === 'none') return false;
  return url === undefined && exec === undefined && !isRollout(restart) && !restartsPod(restart);
}

/** A rolling restart is asked of the API: no process of this pod is touched. */
export function isRollout(restart: string | undefined): boolean {
  return restart === 'rollout';
}

/** The kubelet restarts all containers of the pod, since rehup leaves with the code of a rule. */
export function restartsPod(restart: string | undefined): boolean {
  return restart === 'pod';
}

/** Whether the app starts anew, and so reads what would be stale otherwise. */
export function restarts({ restart }: Pick<Settings, 'restart'>): boolean {
  return restart !== undefined;
}
