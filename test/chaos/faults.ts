import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import type { PodScene } from '../support/pod-scene.ts';
import { uptimeMs, type Window } from './records.ts';

/** Room for rehup's state, and for nothing else. */
const SIZE = '32k';
const PAGE = Buffer.alloc(4096);

export interface StateDisk {
  readonly fill: () => void;
  readonly free: () => void;
  /** When it was full so far. */
  readonly windows: () => Window[];
}

/** Puts a small file system where the pod has its emptyDir `state`. Before any container starts. */
export function mountStateDisk(pod: PodScene): StateDisk {
  const volumes = dirname(dirname(pod.volume('config').root));
  const path = join(volumes, 'kubernetes.io~empty-dir/state');
  const inPod = path.replace(/^\/proc\/\d+\/root/, '');
  execaSync('nsenter', [
    `--target=${pod.pause.pid}`,
    '--mount',
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${SIZE},mode=1777`,
    'tmpfs',
    inPod,
  ]);
  const filler = join(path, 'filler');
  const windows: Window[] = [];
  let sinceMs: number | undefined;
  return {
    fill: () => {
      sinceMs ??= uptimeMs();
      try {
        for (;;) appendFileSync(filler, PAGE);
      } catch {
        // Now it is full.
      }
    },
    free: () => {
      rmSync(filler, { force: true });
      if (sinceMs !== undefined) windows.push({ fromMs: sinceMs, toMs: uptimeMs() });
      sinceMs = undefined;
    },
    windows: () => [
      ...windows,
      ...(sinceMs === undefined ? [] : [{ fromMs: sinceMs, toMs: Number.POSITIVE_INFINITY }]),
    ],
  };
}

export interface SteppingClock {
  readonly step: (ms: number) => void;
  /** When it stepped, on the machine's clock since boot. */
  readonly steps: () => readonly number[];
}

/** Writes the file that programs/stepping-clock.ts reads. */
export function createSteppingClock(path: string): SteppingClock {
  writeFileSync(path, '');
  const steps: number[] = [];
  let offsetMs = 0;
  return {
    step: (ms) => {
      offsetMs += ms;
      appendFileSync(path, `${Date.now()} ${offsetMs}\n`);
      steps.push(uptimeMs());
    },
    steps: () => steps,
  };
}

/** Runs a command where no inotify is to be had: the limits of a user namespace bind only who is in it. */
export function withoutInotify(limit: 'instances' | 'watches'): string[] {
  const script = `echo 0 > /proc/sys/user/max_inotify_${limit}; exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '/bin/sh', '-c', script, 'sh'];
}
