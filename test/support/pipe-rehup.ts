import { execa } from 'execa';
import { ENVIRONMENT_CANARY, refuseCanaries } from './canary.ts';
import type { Finished } from './run-rehup.ts';
import { rehupCommand } from './start-rehup.ts';

/** Runs a command of rehup with this text on its standard input. Its output is kept to the byte. */
export async function pipeRehup(argv: readonly string[], input = ''): Promise<Finished> {
  const [node = '', ...args] = rehupCommand(argv);
  const { exitCode, stdout, stderr } = await execa(node, args, {
    env: { DATABASE_PASSWORD: ENVIRONMENT_CANARY },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    input,
  });
  refuseCanaries([stdout, stderr]);
  return { exitCode, stdout, stderr };
}
