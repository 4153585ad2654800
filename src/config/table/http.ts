import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'HTTP';

export const httpOptions = {
  method: option({
    flag: 'method',
    placeholder: 'METHOD',
    group,
    help: 'Request method',
    default: 'POST',
    parse: parse.parseMethod,
  }),
  header: option({
    flag: 'header',
    placeholder: 'HEADER',
    group,
    help: 'Request headers, Name: value, one per line',
    parse: parse.parseHeaders,
    secret: true,
    separator: '\n',
  }),
  body: option({
    flag: 'body',
    placeholder: 'TEXT',
    group,
    help: 'Request body',
    parse: parse.parseText,
    secret: true,
  }),
  success: option({
    flag: 'success',
    placeholder: 'STATUSES',
    group,
    help: 'Response statuses that mean success, as codes and ranges, comma separated',
    default: '200-299',
    parse: parse.parseStatusRanges,
    separator: ',',
  }),
  timeout: option({
    flag: 'timeout',
    placeholder: 'DURATION',
    group,
    help: 'Longest time for one attempt',
    default: '10s',
    parse: parse.parsePositiveDuration,
  }),
};
