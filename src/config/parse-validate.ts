import { InvalidValue, parseList, requireGlob } from './parse.ts';

const CHECKS = ['json', 'yaml', 'toml', 'ini', 'env', 'pem', 'certificate', 'not-empty'] as const;

export type CheckName = (typeof CHECKS)[number];

/** Which keys are checked for what. */
export type ValidationRule = {
  /** Over key paths, or with a slash in front over mount and key path. */
  glob: string;
  check: CheckName;
  /** For `certificate`: the key path of its private key, where it is not found by its name. */
  privateKey?: string;
};

const FORM = `write GLOB=CHECK, with ${CHECKS.join(', ')} or certificate:<key path of the private key> as check`;

/** `*.json=json,tls.crt=certificate`. */
export function parseValidation(raw: string): ValidationRule[] {
  const rules = splitPairs(raw).map(parsePair);
  if (rules.length === 0) throw new InvalidValue(`names no check; ${FORM}`);
  return rules;
}

/** A comma inside the braces of a glob separates nothing. */
export function splitPairs(raw: string): string[] {
  const items = raw.match(/(?:\{[^{}]*\}|[^,])+/g) ?? [];
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function parsePair(pair: string): ValidationRule {
  const [, glob, name, privateKey] = /^(.+)=([^=:]*)(?::([^=\n]*))?$/.exec(pair) ?? [];
  if (glob === undefined || name === undefined) {
    throw new InvalidValue(`has ${pair}, which is not a check; ${FORM}`);
  }
  const check = CHECKS.find((known) => known === name.trim());
  if (check === undefined) throw new InvalidValue(`has no check called ${name.trim()}; ${FORM}`);
  requireGlob(glob);
  if (privateKey === undefined) return { glob: glob.trim(), check };
  if (check !== 'certificate' || privateKey.trim() === '') {
    throw new InvalidValue(`has ${pair}: only certificate takes a key path after a colon`);
  }
  return { glob: glob.trim(), check, privateKey: privateKey.trim() };
}

/** Key paths that must be there: `tls.crt`, `app/main.conf`, or absolute. */
export function parseKeyPaths(raw: string): string[] {
  const keys = parseList(raw);
  if (keys.length === 0) throw new InvalidValue('names no key');
  return keys;
}
