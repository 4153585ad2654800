import type { CheckName } from '../../../../../src/config/parse-validate.ts';
import { loadCheck } from '../../../../../src/sidecar/validate/check/check.ts';
import type { CheckInput, Problem } from '../../../../../src/sidecar/validate/check/problem.ts';

/** Runs a check on one file, with the others of its mount beside it. */
export async function runCheck(
  name: CheckName,
  content: string | Buffer,
  more: Partial<Omit<CheckInput, 'content'>> = {},
): Promise<Problem | undefined> {
  const check = await loadCheck(name);
  return check({
    key: 'file',
    content: Buffer.from(content),
    readOther: () => undefined,
    privateKey: undefined,
    nowMs: Date.now(),
    ...more,
  });
}
