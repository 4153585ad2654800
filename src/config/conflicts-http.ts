import type { ConfigProblem } from '../system/errors.ts';
import { environmentName } from './option.ts';
import { type OptionName, options, type Settings } from './options.ts';

/** HTTP options that contradict each other. */
export function findHttpConflicts(
  settings: Settings,
  given: ReadonlySet<OptionName> = new Set(),
): ConfigProblem[] {
  return [
    ...findHalfPairs(settings, given),
    ...findTwoCredentials(settings),
    ...findBlindTrust(settings),
  ];
}

function findHalfPairs(
  { certFile, keyFile }: Settings,
  given: ReadonlySet<OptionName>,
): ConfigProblem[] {
  if ((certFile === undefined) === (keyFile === undefined)) return [];
  // One that was given and could not be read is not missing.
  if (given.has('certFile') && given.has('keyFile')) return [];
  const there = certFile === undefined ? 'keyFile' : 'certFile';
  const missing = certFile === undefined ? 'certFile' : 'keyFile';
  return [problem(there, `needs ${nameOf(missing)}, too: neither is of use alone`)];
}

/** Only one of them could be sent: which one would be left to chance. */
function findTwoCredentials({ basicAuthFile, bearerFile, header, url }: Settings): ConfigProblem[] {
  const sources = [
    ...(basicAuthFile === undefined ? [] : [nameOf('basicAuthFile')]),
    ...(bearerFile === undefined ? [] : [nameOf('bearerFile')]),
    ...(header?.some(({ name }) => name.toLowerCase() === 'authorization')
      ? [`the Authorization of ${nameOf('header')}`]
      : []),
    ...(url?.some(({ username, password }) => username !== '' || password !== '')
      ? [`the user in ${nameOf('url')}`]
      : []),
  ];
  if (sources.length < 2) return [];
  const reason = 'are several credentials, of which a request bears one: remove the others';
  return [{ option: sources.join(' and '), value: undefined, reason }];
}

function findBlindTrust({ insecureSkipVerify, caFile, serverName }: Settings): ConfigProblem[] {
  if (!insecureSkipVerify) return [];
  const moot: OptionName[] = [
    ...(caFile === undefined ? [] : ['caFile' as const]),
    ...(serverName === undefined ? [] : ['serverName' as const]),
  ];
  return moot.map((name) => ({
    ...problem(name, `checks nothing beside ${nameOf('insecureSkipVerify')}: remove one of them`),
    fixes: [{ unset: [nameOf('insecureSkipVerify')] }, { unset: [nameOf(name)] }],
  }));
}

/** Of the reload's request alone. */
const OF_RELOAD: readonly OptionName[] = ['method', 'body', 'success', 'successMatch'];

/** Of all requests. */
const OF_REQUESTS: readonly OptionName[] = [
  'header',
  'unixSocket',
  'basicAuthFile',
  'bearerFile',
  'caFile',
  'certFile',
  'serverName',
  'insecureSkipVerify',
];

const OF_VERIFICATION: readonly OptionName[] = ['verifyMatch', 'verifyTimeout'];

/** HTTP options that nothing would use. Not for what several rules share: some may well use it. */
export function findUnusedHttp(
  settings: Settings,
  given: ReadonlySet<OptionName>,
): ConfigProblem[] {
  const unused = (names: readonly OptionName[], ...urls: OptionName[]): ConfigProblem[] => {
    if (urls.some((name) => settings[name] !== undefined)) return [];
    return names
      .filter((name) => given.has(name))
      .map((name) => problem(name, `has no effect without ${urls.map(nameOf).join(', ')}`));
  };
  return [
    ...unused(OF_RELOAD, 'url'),
    ...unused(OF_REQUESTS, 'url', 'readyUrl', 'verifyUrl', 'holdWhile'),
    ...unused(OF_VERIFICATION, 'verifyUrl'),
  ];
}

function problem(name: OptionName, reason: string): ConfigProblem {
  const option = nameOf(name);
  return { option, value: undefined, reason, fixes: [{ unset: [option] }] };
}

function nameOf(name: OptionName): string {
  return environmentName(options[name].flag);
}
