import { option } from '../option.ts';
import * as parse from '../parse.ts';
import * as parseHttp from '../parse-http.ts';

const group = 'Checks';

export const checksOptions = {
  readyUrl: option({
    flag: 'ready-url',
    placeholder: 'URL',
    group,
    help: 'Hold the reload until a GET of this URL answers 2xx',
    parse: parseHttp.parseReadyUrl,
    secret: true,
  }),
  holdWhile: option({
    flag: 'hold-while',
    placeholder: 'COMPARISON',
    group,
    help: 'Keep the next reload back while this holds: a metric of the app, as http://127.0.0.1:9113/metrics workers{state="draining"} > 0, summed over its series, or a number that a program prints, as /app/draining > 0',
    parse: parseHttp.parseHoldWhile,
    secret: true,
  }),
  survive: option({
    flag: 'survive',
    placeholder: 'DURATION',
    group,
    help: 'How long the target must live on after the reload for it to count; 0s: do not check',
    default: '1s',
    parse: parse.parseDuration,
  }),
  verifyUrl: option({
    flag: 'verify-url',
    placeholder: 'URL',
    group,
    help: 'After the reload, GET this URL until it answers 2xx and the body matches; {{hash}} stands for the hash of the content',
    parse: parseHttp.parseVerifyUrl,
    secret: true,
  }),
  verifyMatch: option({
    flag: 'verify-match',
    placeholder: 'REGEX',
    group,
    help: 'The regular expression that the first 1 MiB of that body must match; {{hash}} stands for the hash, ^ and $ match at line ends',
    parse: parseHttp.parseHashMatch,
  }),
  verifyTimeout: option({
    flag: 'verify-timeout',
    placeholder: 'DURATION',
    group,
    help: 'How long to go on looking there before the reload counts as failed',
    default: '30s',
    parse: parse.parsePositiveDuration,
  }),
};
