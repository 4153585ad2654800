import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'When to reload';

export const timingOptions = {
  settle: option({
    flag: 'settle',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'Quiet time after the last event of an update; the end of a kubelet update ends it at once where a single volume is watched',
    default: '200ms',
    parse: parse.parseDuration,
  }),
  settleMax: option({
    flag: 'settle-max',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'Longest wait from the first event of an update',
    default: '5s',
    parse: parse.parseDuration,
  }),
  minInterval: option({
    flag: 'min-interval',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'Least time between two reloads',
    default: '0s',
    parse: parse.parseDuration,
  }),
  splay: option({
    flag: 'splay',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'Longest extra delay before a reload, fixed per pod name (POD_NAME, else the host name), so that a fleet does not reload at once',
    default: '0s',
    parse: parse.parseDuration,
  }),
  wave: option({
    flag: 'wave',
    placeholder: 'PODS',
    group,
    global: true,
    help: 'New content is tried by one pod of the workload first; if that goes well, so many follow (1, 10%, or several: 1,10%,50%), then all; if it does not, all others keep what they have. Needs POD_NAME, the Lease rehup-<kind>-<workload>, and the Role in examples/rbac/wave.yaml',
    parse: parse.parseWave,
    separator: ',',
  }),
  soak: option({
    flag: 'soak',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'With a wave: how long the app must do well with new content, beyond the proof of the reload, before other pods get it',
    default: '0s',
    parse: parse.parseDuration,
  }),
  wavePatience: option({
    flag: 'wave-patience',
    placeholder: 'DURATION',
    group,
    global: true,
    help: 'With a wave: how long a pod with new content waits for an API server that does not answer, before it reloads without; unlimited: it waits',
    default: '5m',
    parse: parse.unlimitedOr(parse.parseDuration),
  }),
};
