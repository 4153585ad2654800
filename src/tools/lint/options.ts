import { InvalidValue, oneOf, parseList } from '../../config/parse.ts';
import { nearest } from '../../config/nearest.ts';
import { read } from '../read-option.ts';
import { parseKubernetesVersion } from '../manifest/kubernetes.ts';
import { parsePlatform } from '../manifest/openshift.ts';
import type { LintCommand } from './request.ts';
import { kinds } from './kinds.ts';

/** As commander hands them over. */
export type RawLintOptions = {
  output?: string;
  kubernetes?: string;
  platform?: string;
  failOn?: string;
  ignore?: readonly string[];
};

/** Throws FatalError with what is wrong. */
export function parseLintOptions(names: readonly string[], raw: RawLintOptions): LintCommand {
  return {
    names,
    output: read('--output', raw.output ?? 'text', oneOf('text', 'json', 'sarif', 'github')),
    failOn: read('--fail-on', raw.failOn ?? 'warning', oneOf('error', 'warning', 'note')),
    kubernetes:
      raw.kubernetes === undefined
        ? undefined
        : read('--kubernetes', raw.kubernetes, parseKubernetesVersion),
    platform:
      raw.platform === undefined ? undefined : read('--platform', raw.platform, parsePlatform),
    ignore: (raw.ignore ?? []).flatMap(parseList).map((id) => read('--ignore', id, parseId)),
  };
}

function parseId(id: string): string {
  const ids = kinds.map((kind) => kind.id);
  if (ids.includes(id)) return id;
  throw new InvalidValue(`is not a finding; did you mean ${nearest(id, ids)}?`);
}
