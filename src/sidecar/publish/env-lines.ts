import { isUtf8 } from 'node:buffer';
import { Plain } from '../../system/errors.ts';

/** A key cannot be what the kubelet reads as a file of variables. The message tells nothing of what it holds. */
export class CannotWriteEnv extends Plain {}

/** What a shell, a program and every kubelet take as the name of a variable. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A value that means the same in all that read such files, quoted or not. */
const BARE = /[A-Za-z0-9_./:@%+,=-]*/y;
const QUOTED = /'([^']*)'/y;
const BEGIN = /[ \t]*([^\s='"#]+)=/y;
const END = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const PASSED_OVER = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;

/** As Linux has it, with the name and the end of the text in it: execve(2) refuses more. */
const MOST_BYTES = 128 * 1024 - 1;
/** What reads a file line by line in Go takes no longer one. */
const LONGEST_LINE = 64 * 1024 - 1;

/**
 * What the kubelet reads for `fileKeyRef`: lines `NAME='value'`, in which nothing stands for anything else. A key
 * that is the name of a variable becomes that variable, with its content as the value, as `configMapKeyRef`
 * would have it; any other holds such lines itself.
 *
 * @throws CannotWriteEnv where there is no way to write it.
 */
export function toEnvLines(key: string, content: Buffer): string {
  const text = toText(key, content);
  if (NAME.test(key)) return toLine({ key, name: key, value: text });
  const variables = readLines(key, text);
  const names = new Set<string>();
  const lines = variables.map(({ name, value, at }) => {
    const place = { text, at };
    if (names.has(name)) throw refusal(key, 'has a name for the second time', place);
    names.add(name);
    return toLine({ key, name, value, place });
  });
  if (lines.length > 0) return lines.join('');
  throw new CannotWriteEnv(
    `the key ${key} is neither the name of a variable (letters, digits and _) nor holds any`,
  );
}

/** What `toEnvLines` was given, as far as it makes a difference to it: the same lines come of it again. */
export function fromEnvLines(key: string, content: Buffer): Buffer {
  const [begin, end] = [Buffer.from(`${key}='`), Buffer.from("'\n")];
  const isOne =
    NAME.test(key) &&
    content.length >= begin.length + end.length &&
    content.subarray(0, begin.length).equals(begin) &&
    content.subarray(-end.length).equals(end);
  return isOne ? content.subarray(begin.length, -end.length) : content;
}

function toText(key: string, content: Buffer): string {
  if (isUtf8(content)) return content.toString('utf8');
  throw refusal(key, 'is no UTF-8, of which the kubelet makes no variable');
}

type Variable = { name: string; value: string; at: number };

function readLines(key: string, text: string): Variable[] {
  const variables: Variable[] = [];
  for (let at = passOver(text, 0); at < text.length; at = passOver(text, at)) {
    const place = { text, at };
    const [begin, name = ''] = match(BEGIN, text, at) ?? [];
    if (begin === undefined) throw refusal(key, 'has no NAME= at its begin', place);
    if (!NAME.test(name)) throw refusal(key, 'has no name of a variable before its =', place);
    const start = at + begin.length;
    const [whole, quoted] = match(QUOTED, text, start) ?? match(BARE, text, start) ?? [''];
    const end = start + whole.length;
    const [rest] = match(END, text, end) ?? [];
    if (rest === undefined) {
      throw refusal(key, 'has a value that is not in single quotes as a whole', place);
    }
    variables.push({ name, value: quoted ?? whole, at });
    at = end + rest.length;
  }
  return variables;
}

/** Behind empty lines and comments. */
function passOver(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const [line] = match(PASSED_OVER, text, at) ?? [];
    if (line === undefined) break;
    at += line.length;
  }
  return at;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

type Written = { key: string; name: string; value: string; place?: Place };

function toLine({ key, name, value, place }: Written): string {
  const of = key === name ? '' : 'has a value that ';
  const refuse = (why: string): CannotWriteEnv => refusal(key, `${of}${why}`, place);
  if (value.includes("'")) throw refuse("has a ', for which single quotes have no way");
  if (value.includes('\0')) throw refuse('has a NUL character, which no variable can hold');
  if (/\r(?:\n|$)/.test(value))
    throw refuse('has a carriage return at the end of a line, which would be lost');
  const whole = `${name}='${value}'`;
  if (Buffer.byteLength(`${name}=${value}`) >= MOST_BYTES) {
    throw refuse('is longer than the 128 KiB that a variable can hold');
  }
  if (whole.split('\n').some((one) => Buffer.byteLength(one) > LONGEST_LINE)) {
    throw refuse('has a line of more than 64 KiB, which the kubelet does not read');
  }
  return `${whole}\n`;
}

type Place = { text: string; at: number };

/** The line is counted here alone: for each of many it would take time by their square. */
function refusal(key: string, why: string, place?: Place): CannotWriteEnv {
  const line = place && place.text.slice(0, place.at).split('\n').length;
  return new CannotWriteEnv(`the key ${key}${line === undefined ? '' : `, line ${line},`} ${why}`);
}
