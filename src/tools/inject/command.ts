import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { writeFile } from 'node:fs/promises';
import type { RunTool, ToolIo } from '../../system/tool.ts';
import { loadConfig } from '../../config/load.ts';
import { type ExitCode, exitCodes, FatalError, reasonOf } from '../../system/errors.ts';
import type { ParseArguments } from '../lint/settings/arguments.ts';
import { showLine } from '../../system/show.ts';
import { lint } from '../lint/lint.ts';
import { nameOf, readSource, type Source } from '../manifest/source.ts';
import { inject, type Injected } from './inject.ts';
import type { InjectCommand, InjectOptions } from './request.ts';

/** `rehup inject`: reads, adds, prints; on stderr, what it did not do and what is left to do. */
export async function runInject(
  { name, diff, write, ...options }: InjectCommand,
  { stdout, stderr }: Parameters<RunTool>[0],
  parseArguments: ParseArguments,
): Promise<ExitCode> {
  const source = await readSource(name);
  const injected = inject(source, { ...options, ...readEnvironment(options.env) });
  const { platform } = options;
  const isWarned = tell(source, injected, { stderr, parseArguments, platform });
  if (diff) stdout.write(formatDiff(source, injected.text));
  else if (!write) stdout.write(injected.text);
  else if (injected.changed.length > 0) await writeBack(name, injected.text);
  return isWarned ? exitCodes.findings : exitCodes.stopped;
}

/** A mistake in a variable is found here, and not in the pod. */
function readEnvironment(env: InjectOptions['env']): Pick<InjectOptions, 'settings' | 'usesApi'> {
  const { settings, rules } = loadConfig({ flags: {}, env });
  const named: Readonly<Record<string, unknown>> = settings;
  const isOn = (name: string): boolean =>
    ![undefined, false, 'false'].includes(named[name] as string);
  const hasSource = rules.some((rule) => rule.settings.source !== undefined);
  const isInUse = (['prompt', 'events', 'wave', 'keep'] as const).some(isOn);
  const usesApi = isInUse || hasSource || named['restart'] === 'rollout';
  return { settings: rules[0]?.settings ?? settings, usesApi };
}

function formatDiff({ file, text }: Source, next: string): string {
  if (text === next) return '';
  const name = nameOf(file);
  const headers = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(name, name, text, next, undefined, undefined, headers);
}

async function writeBack(name: string, text: string): Promise<void> {
  try {
    await writeFile(name, text);
  } catch (error) {
    throw new FatalError(`${name}: ${reasonOf(error)}`, exitCodes.configuration, {
      cause: error,
    });
  }
}

type Telling = Pick<ToolIo, 'stderr'> &
  Pick<InjectOptions, 'platform'> & { parseArguments: ParseArguments };

/** What is left alone, and what lint has to say of the result. Returns whether any of it is grave. */
function tell(
  { file }: Source,
  { text, changed, left, remarks }: Injected,
  { stderr, parseArguments, platform }: Telling,
): boolean {
  for (const { object, reason } of left) {
    stderr.write(`${showLine(`${object}: left as it is: it ${reason}`)}\n`);
  }
  if (changed.length === 0 && left.length === 0) {
    stderr.write(`${showLine(`${nameOf(file)}: no workload there`)}\n`);
  }
  for (const remark of remarks) stderr.write(`${showLine(remark)}\n`);
  const options = { kubernetes: undefined, platform, ignore: [] };
  const { findings } = lint({ sources: [{ file, text }], skipped: [] }, options, parseArguments);
  const told = findings.filter(({ object }) => changed.includes(object));
  for (const { object, severity, message, id, remedies } of told) {
    stderr.write(`${showLine(`${object}: ${severity}: ${message} [${id}]`)}\n`);
    if (severity === 'note') continue;
    for (const remedy of remedies) stderr.write(`${showLine(`  ${remedy.text}`)}\n`);
  }
  const isGrave = told.some(({ severity }) => severity !== 'note');
  return isGrave || remarks.length > 0 || left.some(({ isRefused }) => isRefused);
}
