import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'Checks';

export const checksOptions = {
  survive: option({
    flag: 'survive',
    placeholder: 'DURATION',
    group,
    help: 'How long the target must live on after the reload for it to count; 0s: do not check',
    default: '1s',
    parse: parse.parseDuration,
  }),
};
