import { loadConfig } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/options.ts';

/** Settings as rehup reads them from these environment variables. */
export function readSettings(env: Readonly<Record<string, string>>): Settings {
  const [rule] = loadConfig({ flags: {}, env }).rules;
  if (rule === undefined) throw new Error('no rule was made of the environment');
  return rule.settings;
}
