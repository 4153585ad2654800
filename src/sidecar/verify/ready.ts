import type { Settings } from '../../config/options.ts';
import type { ProbeSettings } from '../act/http/probe.ts';
import type { Failure } from '../outcome.ts';

export type ReadySettings = ProbeSettings & Pick<Settings, 'readyUrl' | 'timeout'>;

/** Whether the app answers at its ready URL. One look: the retry comes back to it. */
export async function checkReady(
  settings: ReadySettings,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { readyUrl: url, timeout: timeoutMs } = settings;
  if (url === undefined) return undefined;
  const { probe } = await import('../act/http/probe.ts');
  const seen = await probe({ option: 'REHUP_READY_URL', url, settings, timeoutMs }, signal);
  if (seen === undefined) return undefined;
  return {
    ...seen,
    outcome: 'not-ready',
    remedy: `none needed while the app starts: it is tried again; else ${seen.remedy}`,
  };
}
