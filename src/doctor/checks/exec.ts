import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { explainStart } from '../../sidecar/exec/failure.ts';
import { errorCode } from '../../system/errors.ts';
import { type Check, perRule } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass } from '../finding.ts';

const COMMANDS = [
  ['REHUP_EXEC', 'exec'],
  ['REHUP_VALIDATE_EXEC', 'validateExec'],
  ['REHUP_RENDER', 'render'],
] as const;

/** The programs that are configured are there. None of them is started. */
export const execCheck: Check = perRule('exec', ({ settings }, { raw }) =>
  COMMANDS.flatMap(([variable, option]): Bare[] => {
    const command = settings[option];
    if (command === undefined) return [];
    const [program] = command;
    const code = findObstacle(program, raw);
    if (code === undefined) return [pass(`${program} (${variable}) is there, and can be run`)];
    const { reason: seen, remedy } = explainStart(code, { command, variable });
    return [fail('exec-not-found', { seen, remedy })];
  }),
);

/** The errno name that starting it would fail with. */
function findObstacle(program: string, { env }: Context['raw']): string | undefined {
  const places = program.includes('/')
    ? [program]
    : (env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program));
  const codes = places.map(tryToRun);
  return codes.includes(undefined)
    ? undefined
    : (codes.find((code) => code !== 'ENOENT') ?? 'ENOENT');
}

function tryToRun(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? undefined : 'EACCES';
  } catch (error) {
    return errorCode(error) ?? 'ENOENT';
  }
}
