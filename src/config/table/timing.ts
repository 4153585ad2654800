import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'When to reload';

export const timingOptions = {
  settle: option({
    flag: 'settle',
    placeholder: 'DURATION',
    group,
    help: 'Quiet time after the last event of an update; the end of a kubelet update ends it at once where a single volume is watched',
    default: '200ms',
    parse: parse.parseDuration,
  }),
  settleMax: option({
    flag: 'settle-max',
    placeholder: 'DURATION',
    group,
    help: 'Longest wait from the first event of an update',
    default: '5s',
    parse: parse.parseDuration,
  }),
  minInterval: option({
    flag: 'min-interval',
    placeholder: 'DURATION',
    group,
    help: 'Least time between two reloads',
    default: '0s',
    parse: parse.parseDuration,
  }),
};
