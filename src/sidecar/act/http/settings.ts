import type { Settings } from '../../../config/options.ts';
import { checkReadable, type NamedFile } from './file.ts';
import type { HttpProblem } from './problem.ts';

/** How the app is reached. */
export type ConnectionSettings = Pick<
  Settings,
  'unixSocket' | 'caFile' | 'certFile' | 'keyFile' | 'serverName' | 'insecureSkipVerify'
>;

/** How rehup makes itself known to the app. */
export type CredentialSettings = Pick<Settings, 'header' | 'basicAuthFile' | 'bearerFile'>;

export type HttpSettings = ConnectionSettings & CredentialSettings;

/** The first of the files named in the settings that cannot be read, so that it is known early. */
export function findUnreadable(
  settings: HttpSettings & Pick<Settings, 'body'>,
): HttpProblem | undefined {
  for (const named of listFiles(settings)) {
    const problem = checkReadable(named);
    if (problem) return problem;
  }
  return undefined;
}

function listFiles(settings: HttpSettings & Pick<Settings, 'body'>): NamedFile[] {
  const { header = [], body, basicAuthFile, bearerFile, caFile, certFile, keyFile } = settings;
  const named: [string, string | undefined][] = [
    ...header.map(({ value }): [string, string | undefined] => [
      'REHUP_HEADER',
      'file' in value ? value.file : undefined,
    ]),
    ['REHUP_BODY', body && 'file' in body ? body.file : undefined],
    ['REHUP_BASIC_AUTH_FILE', basicAuthFile],
    ['REHUP_BEARER_FILE', bearerFile],
    ['REHUP_CA_FILE', caFile],
    ['REHUP_CERT_FILE', certFile],
    ['REHUP_KEY_FILE', keyFile],
  ];
  return named.flatMap(([option, file]) => (file === undefined ? [] : [{ file, option }]));
}
