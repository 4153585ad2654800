import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'Retries';

export const retriesOptions = {
  retries: option({
    flag: 'retries',
    placeholder: 'COUNT',
    group,
    help: 'Attempts after a failed one, or unlimited; newer content starts anew',
    default: 'unlimited',
    parse: parse.parseRetries,
  }),
  retryDelay: option({
    flag: 'retry-delay',
    placeholder: 'DURATION',
    group,
    help: 'Pause before the first retry; it doubles each time, with jitter',
    default: '1s',
    parse: parse.parsePositiveDuration,
  }),
  retryMaxDelay: option({
    flag: 'retry-max-delay',
    placeholder: 'DURATION',
    group,
    help: 'Longest pause between retries',
    default: '1m',
    parse: parse.parsePositiveDuration,
  }),
};
