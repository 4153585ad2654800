import { execa } from 'execa';
import type { Finished } from './run-rehup.ts';
import { rehupCommand } from './start-rehup.ts';

/** Runs a command of rehup with this text on its standard input. Its output is kept to the byte. */
export async function pipeRehup(argv: readonly string[], input = ''): Promise<Finished> {
  const [node = '', ...args] = rehupCommand(argv);
  const { exitCode, stdout, stderr } = await execa(node, args, {
    env: {},
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    input,
  });
  return { exitCode, stdout, stderr };
}
