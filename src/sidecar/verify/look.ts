import type { Settings } from '../../config/options.ts';
import type { ProbeSettings } from '../act/http/probe.ts';
import type { Look } from './poll.ts';

export type LookSettings = ProbeSettings & Pick<Settings, 'verifyUrl' | 'verifyMatch' | 'timeout'>;

/** How to look for content in the app; `undefined` where that is not configured. */
export function createLook(settings: LookSettings): ((hash: string) => Look) | undefined {
  const { verifyUrl: url, verifyMatch, timeout } = settings;
  if (url === undefined) return undefined;
  return (hash) => {
    const match = verifyMatch?.(hash);
    return async (leftMs, signal) => {
      const { probe } = await import('../act/http/probe.ts');
      const timeoutMs = Math.min(timeout, Math.ceil(leftMs));
      const option = 'REHUP_VERIFY_URL';
      return await probe({ option, url, hash, match, settings, timeoutMs }, signal);
    };
  };
}
