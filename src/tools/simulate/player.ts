import type { Clock } from '../../system/clock.ts';
import { applyEdit } from './content.ts';
import type { KeyFiles } from './keys.ts';
import { diffFiles, remark, type Report } from './report.ts';
import type { Step } from './step.ts';
import type { Volume, WriteMode } from './volume.ts';

export type Player = {
  perform: (step: Step, signal: AbortSignal) => Promise<Report>;
  /** Brings the volume to this content, as one update. */
  publish: (files: KeyFiles, step: string) => Report;
};

const BURST = 10;
const BURST_PAUSE_MS = 20;

/** Plays steps on a volume, and says of each what it did. */
export function createPlayer(
  { directory, volume }: { directory: string; volume: Volume },
  clock: Clock,
): Player {
  let files: KeyFiles = new Map();
  let tornDown = false;
  let turn = 0;

  const write = (step: string, next: KeyFiles, mode: WriteMode = 'sync'): Report => {
    const change = diffFiles(files, next);
    const swapped = volume.write(next, mode);
    const note = tornDown ? { note: 'set up again' } : {};
    files = next;
    tornDown = false;
    return { step, directory, ...change, swapped, ...note };
  };

  const burst = async (signal: AbortSignal): Promise<Report> => {
    const before = files;
    for (let count = 0; count < BURST; count += 1) {
      if (count > 0) await clock.sleep(BURST_PAUSE_MS, signal);
      write('burst', applyEdit({ name: 'change' }, files, turn));
    }
    const note = `${BURST} updates`;
    return { step: 'burst', directory, ...diffFiles(before, files), swapped: true, note };
  };

  const tearDown = (): Report => {
    volume.tearDown();
    tornDown = true;
    return remark('tear-down', directory, 'the volume is gone; the next step sets it up anew');
  };

  const play = async (step: Step, signal: AbortSignal): Promise<Report> => {
    switch (step.name) {
      case 'same':
        return write('same', files, 'swap');
      case 'burst':
        return await burst(signal);
      case 'crash':
        return write('crash', applyEdit({ name: 'add' }, files, turn), 'crash');
      case 'tear-down':
        return tearDown();
      case 'change':
      case 'add':
      case 'remove':
      case 'set':
        return write(step.name, applyEdit(step, files, turn));
      default:
        return step satisfies never;
    }
  };

  return {
    publish: (next, step) => write(step, next),
    perform: async (step, signal) => {
      const report = await play(step, signal);
      if (step.name === 'change' || step.name === 'burst') turn += 1;
      return report;
    },
  };
}
