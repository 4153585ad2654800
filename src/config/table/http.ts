import { option } from '../option.ts';
import * as parse from '../parse.ts';
import * as parseHttp from '../parse-http.ts';

const group = 'HTTP';

export const httpOptions = {
  method: option({
    flag: 'method',
    placeholder: 'METHOD',
    group,
    help: 'Request method of the reload',
    default: 'POST',
    parse: parseHttp.parseMethod,
  }),
  header: option({
    flag: 'header',
    placeholder: 'HEADER',
    group,
    help: 'Request headers, Name: value, one per line; a value of @/PATH is read from that file at each call. Placeholders as in the body',
    parse: parseHttp.parseHeaders,
    secret: true,
    separator: '\n',
  }),
  body: option({
    flag: 'body',
    placeholder: 'TEXT',
    group,
    help: 'Request body; @/PATH is read from that file at each call. {{hash}} stands for the hash of the content, {{added}}, {{changed}}, {{removed}} for JSON arrays of key paths, {{change}} for a JSON object with all of it by mount',
    parse: parseHttp.parseSource,
    secret: true,
  }),
  success: option({
    flag: 'success',
    placeholder: 'STATUSES',
    group,
    help: 'Response statuses that mean success, as codes and ranges, comma separated',
    default: '200-299',
    parse: parseHttp.parseStatusRanges,
    separator: ',',
  }),
  successMatch: option({
    flag: 'success-match',
    placeholder: 'REGEX',
    group,
    help: 'The first 64 KiB of the response body must match this regular expression, too; ^ and $ match at line ends',
    parse: parseHttp.parseBodyMatch,
  }),
  timeout: option({
    flag: 'timeout',
    placeholder: 'DURATION',
    group,
    help: 'Longest time for one attempt: a request, a command, or until a stopped app takes a signal. After a request that took longer, the next waits at least as long again, since the app may be still at it',
    default: '30s',
    parse: parse.parsePositiveDuration,
  }),
  unixSocket: option({
    flag: 'unix-socket',
    placeholder: 'PATH',
    group,
    help: 'Send all requests through this unix socket; the host of the URL is only named in them',
    parse: parseHttp.parseFilePath,
  }),
  basicAuthFile: option({
    flag: 'basic-auth-file',
    placeholder: 'PATH',
    group,
    help: 'File with user:password for basic authentication; read at each call',
    parse: parseHttp.parseFilePath,
  }),
  bearerFile: option({
    flag: 'bearer-file',
    placeholder: 'PATH',
    group,
    help: 'File with a bearer token; read at each call',
    parse: parseHttp.parseFilePath,
  }),
  caFile: option({
    flag: 'ca-file',
    placeholder: 'PATH',
    group,
    help: 'File with the certificates (PEM) to trust instead of the public ones; read at each call',
    parse: parseHttp.parseFilePath,
  }),
  certFile: option({
    flag: 'cert-file',
    placeholder: 'PATH',
    group,
    help: 'File with the client certificate (PEM) for mutual TLS; read at each call',
    parse: parseHttp.parseFilePath,
  }),
  keyFile: option({
    flag: 'key-file',
    placeholder: 'PATH',
    group,
    help: 'File with the key (PEM, not encrypted) of the client certificate; read at each call',
    parse: parseHttp.parseFilePath,
  }),
  serverName: option({
    flag: 'server-name',
    placeholder: 'NAME',
    group,
    help: 'The name the certificate of the app must bear, where it is not the host of the URL',
    parse: parseHttp.parseServerName,
  }),
  insecureSkipVerify: option({
    flag: 'insecure-skip-verify',
    placeholder: undefined,
    group,
    help: 'Accept any certificate: whoever answers at the address gets the credentials',
    default: 'false',
    parse: parse.parseBoolean,
  }),
};
