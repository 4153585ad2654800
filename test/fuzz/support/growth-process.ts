import { subjects } from './growth-subjects.ts';
import { type Pump, pumpsOf } from './pumps.ts';
import type { RegexLiteral } from './regex-literals.ts';
import { findGrowth, type Growth } from './stopwatch.ts';

/** A process of its own for what may never end: a thread cannot be ended inside of a pattern. */

export type Task = { regexes: readonly RegexLiteral[] } | { parsers: readonly string[] };

/** What is begun, so that it can be named if it does not end; or what was found. */
export type Message = { begun: string } | { name: string; growth: Growth } | 'done';

process.once('message', (task: Task) => {
  if ('regexes' in task) tryRegexes(task.regexes);
  else tryParsers(task.parsers);
  tell('done');
});

function tell(message: Message): void {
  process.send?.(message);
}

function tryRegexes(regexes: readonly RegexLiteral[]): void {
  for (const literal of regexes) {
    const { file, source, flags } = literal;
    search(`${file}: /${source}/${flags}`, (text) => apply(literal, text), pumpsOf(source, flags));
  }
}

function tryParsers(parsers: readonly string[]): void {
  for (const name of parsers) {
    const { run, pumps } = subjects[name] ?? { run: () => {}, pumps: [] };
    search(name, run, pumps);
  }
}

function search(name: string, run: (text: string) => unknown, pumps: readonly Pump[]): void {
  tell({ begun: name });
  const growth = findGrowth(run, pumps);
  if (growth) tell({ name, growth });
}

function apply({ source, flags, splits }: RegexLiteral, text: string): unknown {
  const pattern = new RegExp(source, flags);
  if (splits) return text.split(pattern);
  return pattern.global ? text.replaceAll(pattern, '') : pattern.exec(text);
}
