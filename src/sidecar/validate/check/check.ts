import type { CheckName } from '../../../config/parse-validate.ts';
import type { Check } from './problem.ts';

/** Loads a check with its parser, when it is needed first. */
export async function loadCheck(name: CheckName): Promise<Check> {
  switch (name) {
    case 'json':
      return (await import('./json.ts')).checkJson;
    case 'yaml':
      return (await import('./yaml.ts')).checkYaml;
    case 'toml':
      return (await import('./toml.ts')).checkToml;
    case 'ini':
      return (await import('./ini.ts')).checkIni;
    case 'env':
      return (await import('./env.ts')).checkEnv;
    case 'pem':
      return (await import('./pem.ts')).checkPem;
    case 'certificate':
      return (await import('./certificate.ts')).checkCertificate;
    case 'not-empty':
      return (await import('./not-empty.ts')).checkNotEmpty;
    default:
      return name satisfies never;
  }
}
