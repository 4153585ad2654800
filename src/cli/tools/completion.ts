import { Argument } from 'commander';
import { exitCodes } from '../../system/errors.ts';
import type { Shell } from '../completion/render.ts';
import type { DefineTool } from '../tool.ts';

/** `rehup completion bash`. */
export const defineCompletion: DefineTool = (program, { onRun }) => {
  program
    .command('completion')
    .summary('print a script that completes commands and options in a shell')
    .description(
      'Prints a script that completes the commands of rehup, their options, and the values of these, in bash (4 and later), zsh or fish.',
    )
    .addArgument(new Argument('<shell>', 'which shell it is for').choices(['bash', 'zsh', 'fish']))
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      `
Examples:
  source <(rehup completion bash)                                     in ~/.bashrc
  rehup completion zsh > "\${fpath[1]}/_rehup"                         once
  rehup completion fish > ~/.config/fish/completions/rehup.fish       once

Exit codes: 0 printed, 2 usage.`,
    )
    .action((shell: Shell) => {
      onRun(async ({ stdout }) => {
        const { renderCompletion } = await import('../completion/render.ts');
        stdout.write(renderCompletion(shell, program));
        return exitCodes.stopped;
      });
    });
};
