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
};
