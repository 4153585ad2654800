import type { Command } from 'commander';
import { renderBash } from './bash.ts';
import { renderFish } from './fish.ts';
import { readShape } from './shape.ts';
import { renderZsh } from './zsh.ts';

const renderers = { bash: renderBash, zsh: renderZsh, fish: renderFish };

export type Shell = keyof typeof renderers;

/** The script that completes the command line of this program in that shell. */
export function renderCompletion(shell: Shell, program: Command): string {
  return renderers[shell](readShape(program));
}
