import { readdirSync } from 'node:fs';
import { toEnvLines } from './env-lines.ts';
import { rewrite } from './fill.ts';
import type { FormOf } from './forms.ts';
import type { Publisher } from './publisher.ts';

/**
 * Writes the keys of the form `env` anew, as the kubelet reads them. @returns The same generation, which is gone where
 * that fails.
 */
export function writeEnv(publisher: Publisher, staged: string, formOf: FormOf): string {
  const directory = publisher.place(staged);
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    for (const { name } of entries.filter((entry) => entry.isFile())) {
      if (formOf(name) !== 'env') continue;
      rewrite(directory, name, name, (content) => Buffer.from(toEnvLines(name, content)));
    }
    return staged;
  } catch (error) {
    publisher.discard(staged);
    throw error;
  }
}
