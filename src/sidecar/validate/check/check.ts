import type { CheckName } from '../../../config/parse-validate.ts';

/** What is wrong with a file: own words and positions, never a piece of its content. */
export type Problem = {
  reason: string;
  /** Counted from 1. */
  line?: number;
  column?: number;
};

export type CheckInput = {
  /** Key path of the file inside its mount. */
  key: string;
  content: Buffer;
  /** Another key of the same mount; `undefined` where there is none. */
  readOther: (key: string) => Buffer | undefined;
  /** The key path that the user gave for the private key. */
  privateKey: string | undefined;
  /** Wall clock, in milliseconds. */
  nowMs: number;
};

export type Check = (input: CheckInput) => Problem | undefined;

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
