import type { Settings } from '../../config/options.ts';
import type { OnOutput } from '../exec/output.ts';
import type { Failure } from '../outcome.ts';
import type { ContentRequest } from '../snapshot/content-request.ts';
import type { Lookup } from './expand.ts';
import { fillStaged } from './fill.ts';
import type { Publisher } from './publisher.ts';

export type Making = {
  settings: Pick<Settings, 'gunzip' | 'expand' | 'render' | 'timeout'>;
  /** What keys may refer to. */
  env: Lookup['env'];
  rule?: string;
  onOutput?: OnOutput;
};

/**
 * Makes of what was staged what is to be validated: unpacked, then filled in, then rendered by a program.
 *
 * @returns The name of the generation that holds it. Where there is none, nothing is left of what was staged.
 */
export async function makeContent(
  publisher: Publisher,
  staged: string,
  { settings, env, rule, onOutput = () => {} }: Making,
  request: ContentRequest,
  signal: AbortSignal,
): Promise<string | Failure> {
  try {
    fillStaged(publisher.place(staged), settings, env);
  } catch (error) {
    publisher.discard(staged);
    throw error;
  }
  const { render: command, timeout: timeoutMs } = settings;
  if (command === undefined) return staged;
  const { renderStaged } = await import('./render.ts');
  const rendering = { command, timeoutMs, rule, onOutput };
  return await renderStaged(publisher, staged, rendering, request, signal);
}
