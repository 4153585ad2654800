import { option } from '../option.ts';
import * as parse from '../parse.ts';

const group = 'Reporting';

export const reportingOptions = {
  listen: option({
    flag: 'listen',
    placeholder: 'ADDRESS',
    group,
    global: true,
    help: 'Where /metrics, /healthz and /readyz are served to all who reach the pod, /status and a page of it to the pod itself; off',
    default: ':9533',
    parse: parse.parseListen,
  }),
  logLevel: option({
    flag: 'log-level',
    placeholder: 'LEVEL',
    group,
    global: true,
    help: 'debug, info, warn or error',
    default: 'info',
    parse: parse.oneOf('debug', 'info', 'warn', 'error'),
  }),
  logFormat: option({
    flag: 'log-format',
    placeholder: 'FORMAT',
    group,
    global: true,
    help: 'json, or pretty (the default on a terminal)',
    parse: parse.oneOf('json', 'pretty'),
  }),
};
