import type { ContentRequest } from '../../../../src/sidecar/snapshot/content-request.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import type { OutputLine } from '../../../../src/sidecar/exec/output.ts';
import type { Mount } from '../../../../src/sidecar/mount/mount.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createValidation, type ValidationParts } from '../../../../src/sidecar/validate/create.ts';

export type Validate = (
  request?: Partial<ContentRequest>,
  signal?: AbortSignal,
) => Promise<Failure | undefined>;

/** Validation as it is configured by the environment. */
export function createValidate(
  env: Readonly<Record<string, string>>,
  mounts: readonly (Mount | string)[],
  parts: ValidationParts = {},
): { validate: Validate; lines: readonly OutputLine[] } {
  const [rule] = loadConfig({ flags: {}, env }).rules;
  if (rule === undefined) throw new Error('the configuration has no rule');
  const lines: OutputLine[] = [];
  const validate = createValidation(
    rule.settings,
    mounts.map((mount) => (typeof mount === 'string' ? { path: mount } : mount)),
    { onOutput: (line) => lines.push(line), ...parts },
  );
  return {
    lines,
    validate: (request, signal = new AbortController().signal) =>
      validate?.({ changes: new Map(), hash: 'abc', ...request }, signal) ??
      Promise.resolve(undefined),
  };
}
