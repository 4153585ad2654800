import { showLine, showSpan } from '../../system/show.ts';
import type { Script } from './options.ts';
import { stepForms } from './step.ts';

/** What it does from now on, and what it needs from whoever has started it. */
export function describeWait(script: Script, keep: boolean): string {
  const end = 'Ctrl-C ends.';
  switch (script.by) {
    case 'stdin':
      return `Waits for steps, one per line: ${stepForms.join(', ')}. ${end}`;
    case 'interval':
      return `Makes a change every ${showPause(script.everyMs)}. ${end}`;
    case 'list': {
      const { length } = script.steps;
      const after = keep ? 'then ends' : `then waits for its end: ${end}`;
      return `Plays ${length} ${length === 1 ? 'step' : 'steps'}, ${showPause(script.everyMs)} before each, ${after}`;
    }
    case 'source':
      return showLine(`Waits for files in ${script.directory} to change. ${end}`);
    default:
      return script satisfies never;
  }
}

function showPause(ms: number): string {
  return ms < 1000 ? `${ms} ms` : ms % 1000 > 0 ? `${ms / 1000} s` : showSpan(ms);
}
