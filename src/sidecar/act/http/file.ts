import { accessSync, constants } from 'node:fs';
import { reasonOf } from '../../../system/errors.ts';
import { readRegularLater } from '../../../system/regular-file.ts';
import { HttpProblem } from './problem.ts';

/** A file that a request needs, with the option that names it. */
export type NamedFile = { file: string; option: string };

/** More than any header, bundle of authorities or body of a reload takes. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Reads a file anew: at each call, so that a rotated credential needs no restart. */
export async function readNamed(named: NamedFile, signal: AbortSignal): Promise<string> {
  try {
    return await readRegularLater(named.file, { limit: MAX_BYTES, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(named, error);
  }
}

/** Of a file with a credential, its only line: editors and `echo` put a newline at the end. */
export async function readCredential(named: NamedFile, signal: AbortSignal): Promise<string> {
  const text = (await readNamed(named, signal)).replace(/\r?\n$/, '');
  if (text === '') throw unusable(named, 'is empty', 'put the credential into it');
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) {
    throw unusable(
      named,
      'holds more than one line, or control characters, which no header can carry',
      'put nothing but the credential into it',
    );
  }
  return text;
}

/** Whether it could be read now; nothing is read. */
export function checkReadable(named: NamedFile): HttpProblem | undefined {
  try {
    accessSync(named.file, constants.R_OK);
    return undefined;
  } catch (error) {
    return unreadable(named, error);
  }
}

export function unusable({ file, option }: NamedFile, what: string, remedy: string): HttpProblem {
  return new HttpProblem('unreachable', `${file} (${option}) ${what}`, remedy);
}

function unreadable(named: NamedFile, error: unknown): HttpProblem {
  const code = reasonOf(error);
  return unusable(named, `cannot be read: ${code}`, remedyFor(code, named.option));
}

function remedyFor(code: string, option: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'let the uid of rehup read it: defaultMode: 0440 on the volume and fsGroup in the securityContext of the pod';
    case 'EISDIR':
      return `name a file in that directory in ${option}`;
    default:
      return `mount the Secret in the rehup container: volumeMounts: [{name: <volume>, mountPath: <directory of the file>, readOnly: true}], or correct ${option}`;
  }
}
