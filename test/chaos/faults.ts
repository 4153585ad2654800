import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import type { PodScene } from '../support/pod-scene.ts';
import { uptimeMs, type Window } from './records.ts';

const PAGE = Buffer.alloc(4096);

export interface SmallDisk {
  /** As the test sees it. */
  readonly path: string;
  readonly fill: () => void;
  readonly free: () => void;
  /** When it was full so far. */
  readonly windows: () => Window[];
}

/** A volume of the pod in memory, of which the specification says how large it is. */
export function lookAtDisk(pod: PodScene, volume: string): SmallDisk {
  const volumes = dirname(dirname(pod.volume('config').root));
  const path = join(volumes, 'kubernetes.io~empty-dir', volume);
  const filler = join(path, '..filler');
  const windows: Window[] = [];
  let sinceMs: number | undefined;
  return {
    path,
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

/** Runs a command where the volumes of the pod are mounted. */
export function enterMounts(pod: PodScene, command: readonly string[]): void {
  execaSync('nsenter', [`--target=${pod.pause.pid}`, '--mount', ...command]);
}

/** The path of a volume of the pod there. */
export function inPod(path: string): string {
  return path.replace(/^\/proc\/\d+\/root/, '');
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
