import { execa } from 'execa';
import { ENVIRONMENT_CANARY, refuseCanaries } from './canary.ts';
import { rehupCommand } from './start-rehup.ts';

export interface Finished {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

/** Runs a command of rehup that comes to an end by itself, with nothing else in its environment. */
export async function runRehup(argv: readonly string[], env: Env = {}): Promise<Finished> {
  return await run(rehupCommand(argv), env);
}

/** The same on a terminal of this width, which turns each line feed into two characters. */
export async function runOnTerminal(
  argv: readonly string[],
  { columns, env }: { columns: number; env: Env },
): Promise<Finished> {
  const command = rehupCommand(argv).join(' ');
  const script = ['script', '--quiet', '--return', '--command'];
  const { PATH = '' } = process.env;
  const finished = await run([...script, `stty cols ${columns}; ${command}`, '/dev/null'], {
    PATH,
    ...env,
  });
  return { ...finished, stdout: finished.stdout.replaceAll('\r\n', '\n') };
}

async function run([file = '', ...args]: readonly string[], env: Env): Promise<Finished> {
  const { exitCode, stdout, stderr } = await execa(file, args, {
    env: { DATABASE_PASSWORD: ENVIRONMENT_CANARY, ...env },
    extendEnv: false,
    reject: false,
  });
  refuseCanaries([stdout, stderr]);
  return { exitCode, stdout, stderr };
}
