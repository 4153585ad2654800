import { showText } from '../../system/show.ts';

/** A line of the log, as it was parsed. */
export type Fields = Readonly<Record<string, unknown>>;

export type Sentence = {
  /** Of the day, here. */
  time: string;
  /** What every line of its kind begins with. */
  phrase: string;
  /** What it is about, and what came of it. */
  rest: string;
  remedy?: string;
};

/** What is told in words, or not at all: hashes and repetitions are for machines. */
const told = new Set(
  'time level msg rule outcome action target mount changed added removed reason remedy check set hash took_ms swap_to_reload_ms retry_in_ms'.split(
    ' ',
  ),
);

/** A line of the log as a sentence: one line, with the values that somebody at a terminal looks for. */
export function describeLine(line: Fields): Sentence {
  const { msg, rule, outcome, action, target, mount, reason, remedy } = line;
  const phrase = show(msg);
  const subject =
    phrase === 'watching'
      ? ` ${list(mount)}${target === undefined ? '' : ` for ${list(target)}`}, by ${show(action)}`
      : target === undefined && mount === undefined
        ? ''
        : ` ${list(target ?? mount)}`;
  const keys = [
    ...asArray(line['changed']).map(show),
    ...asArray(line['added']).map((key) => `+${show(key)}`),
    ...asArray(line['removed']).map((key) => `-${show(key)}`),
  ].join(', ');
  const others = Object.entries(line)
    .filter(([name, value]) => !told.has(name) && value !== undefined)
    .map(([name, value]) => `${name} ${list(value)}`);
  const news = outcome === undefined || outcome === phrase ? [] : [show(outcome)];
  const facts = [...news, ...(keys === '' ? [] : [keys]), ...others];
  const why = reason === undefined ? [] : [show(reason)];
  const said = [facts.join(', '), ...why].filter((text) => text !== '').join('; ');
  return {
    time: showTime(line['time']),
    phrase: rule === undefined || rule === 'default' ? phrase : `${show(rule)}: ${phrase}`,
    rest: `${subject}${said === '' ? '' : `: ${said}`}${describeTimes(line)}`,
    ...(remedy !== undefined && { remedy: show(remedy) }),
  };
}

function describeTimes(line: Fields): string {
  const took = line['outcome'] === 'reloaded' ? asSeconds(line['took_ms'], 'in ') : [];
  const times = [...took, ...asSeconds(line['retry_in_ms'], 'again in ')];
  return times.length === 0 ? '' : ` (${times.join(', ')})`;
}

function asSeconds(ms: unknown, before: string): string[] {
  if (typeof ms !== 'number') return [];
  return [before + (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)];
}

function showTime(time: unknown): string {
  return new Date(String(time)).toTimeString().slice(0, 'hh:mm:ss'.length);
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function list(value: unknown): string {
  return asArray(value).map(show).join(', ');
}

function show(value: unknown): string {
  return showText(typeof value === 'string' ? value : JSON.stringify(value));
}
