import { describe, expect, it } from 'vitest';
import type { Script } from '../../../../src/tools/simulate/options.ts';
import { describeWait } from '../../../../src/tools/simulate/wait.ts';

describe('what simulate waits for', () => {
  it.each<[Script, string]>([
    [{ by: 'interval', everyMs: 5000 }, 'Makes a change every 5 s. Ctrl-C ends.'],
    [{ by: 'interval', everyMs: 250 }, 'Makes a change every 250 ms. Ctrl-C ends.'],
    [
      { by: 'list', everyMs: 2000, steps: [{ name: 'change' }, { name: 'same' }] },
      'Plays 2 steps, 2 s before each, then waits for its end: Ctrl-C ends.',
    ],
    [
      { by: 'source', directory: './conf\u001B[31m' },
      String.raw`Waits for files in ./conf\u{1b}[31m to change. Ctrl-C ends.`,
    ],
  ])('%j', (script, said) => {
    expect(describeWait(script, false)).toBe(said);
  });

  it('is a step, and all of them are named', () => {
    const said = describeWait({ by: 'stdin' }, false);
    expect(said).toMatch(/^Waits for steps, one per line: .*change.*tear-down.* Ctrl-C ends\.$/);
  });

  it('is nothing after the last step with --keep', () => {
    const script: Script = { by: 'list', everyMs: 1500, steps: [{ name: 'add' }] };
    expect(describeWait(script, true)).toBe('Plays 1 step, 1.5 s before each, then ends');
  });
});
