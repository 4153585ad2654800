import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'Kubernetes API';

export const kubernetesOptions = {
  prompt: option({
    flag: 'prompt',
    placeholder: undefined,
    group,
    global: true,
    help: 'Have the kubelet bring an update within a second instead of a minute: watches the metadata of the objects behind the mounts, and changes the annotation rehup.dev/sync of the own pod when one moves. Needs POD_NAME, and the Role in examples/rbac/prompt.yaml',
    default: 'false',
    parse: parse.parseBoolean,
  }),
  promptSplay: option({
    flag: 'prompt-splay',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'Longest delay before the kubelet is asked, a fixed part of it per pod name; auto: by the number of replicas, none for a few (docs/scale.md)',
    default: 'auto',
    parse: parse.autoOr(parse.parseDuration),
  }),
  events: option({
    flag: 'events',
    placeholder: 'WHICH',
    group,
    global: true,
    help: 'Write Kubernetes events on the own pod: true for all, warnings for those alone (for fleets), false for none. Needs POD_NAME, and the Role in examples/rbac/events.yaml',
    default: 'false',
    parse: parse.oneOf('false', 'true', 'warnings'),
  }),
};
