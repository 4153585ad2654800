import { type Command, Option } from 'commander';

const choices = ['auto', 'always', 'never'] as const;

export type ColorChoice = (typeof choices)[number];

/** Every command takes it, and none is told: whoever writes to a terminal asks once. */
export function addColorOption(
  command: Command,
  onChoice: ((choice: ColorChoice) => void) | undefined,
): void {
  const meaning = 'auto (default: on a terminal, unless NO_COLOR is set), always or never';
  command
    .addOption(new Option('--color <WHEN>', meaning).choices(choices))
    .on('option:color', (choice: ColorChoice) => onChoice?.(choice));
}
