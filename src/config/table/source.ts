import { option } from '../option.ts';
import { parseSources } from '../parse-source.ts';

const group = 'Publishing';

export const sourceOptions = {
  source: option({
    flag: 'source',
    placeholder: 'SOURCES',
    group,
    help: 'Take the content from the Kubernetes API instead of a mount, into the directory of REHUP_PUBLISH: configmap/NAME, secret/NAME, or configmap?label=KEY=VALUE&namespace=NAMES|* for all that bear a label (docs/sources.md). Needs the Role in examples/rbac/source.yaml',
    parse: parseSources,
    separator: ',',
  }),
};
