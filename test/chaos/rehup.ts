import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { execaSync } from 'execa';
import { isSettled, type Outcome } from '../../src/sidecar/outcome.ts';
import { asUser } from '../support/abilities.ts';
import type { PodScene } from '../support/pod-scene.ts';
import type { LogLine, Rehup } from '../support/start-rehup.ts';
import { type Run, uptimeMs } from './records.ts';

/** The container of rehup, and the kubelet's part in it. */
export interface RehupContainer extends AsyncDisposable {
  readonly start: (prefix?: readonly string[]) => Promise<void>;
  readonly kill: () => Promise<void>;
  /** SIGTERM. */
  readonly end: () => Promise<void>;
  /** It was ended right after a signal, by whatever: rehup sends no other one unless it is asked. */
  readonly isHeld: () => boolean;
  /**
   * The app was replaced before rehup had its first look, and may be an init container for all it knows:
   * the setting that it asks for is made, for this pod and all that follows. Whether there was one.
   */
  readonly heedTarget: () => Promise<boolean>;
  /** SIGHUP, from the moment on at which its first line has run; whether it was sent. */
  readonly trigger: () => boolean;
  readonly isRunning: () => boolean;
  /** How many lines with this phrase the present run has logged. */
  readonly count: (msg: string) => number;
  /** It watches, and what it decided last needs no further attempt. */
  readonly isAtRest: () => boolean;
  /** Opens no further file until it may. */
  readonly limitDescriptors: () => void;
  readonly freeDescriptors: () => void;
  readonly runs: () => Run[];
  readonly lastLines: () => string;
}

interface Started {
  readonly rehup: Rehup;
  readonly startedMs: number;
  endedMs: number | undefined;
  end: Run['end'];
}

/** Enough for all that it ever opens. */
const DESCRIPTORS = 1024;
/** Standard input, output and error are there already. */
const NO_FURTHER_DESCRIPTORS = 3;
const BACK_OFF_MS = 100;
const SHOWN_RUNS = 3;
const SHOWN_LINES = 25;

export interface RehupContainerOptions {
  readonly uid: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The phrase that it logs once it has loaded all that it will need. */
  readonly started: string;
}

export function createRehupContainer(
  pod: PodScene,
  { uid, env, started }: RehupContainerOptions,
): RehupContainer {
  const all: Started[] = [];
  const settings = { ...env };
  let closed = false;
  let starting: Promise<void> = Promise.resolve();
  const running = (): Started | undefined => {
    const last = all.at(-1);
    return last?.end === undefined ? last : undefined;
  };

  const start = async (prefix: readonly string[] = []): Promise<void> => {
    await starting;
    if (running() !== undefined || closed) return;
    const startedMs = uptimeMs();
    const rehup = await pod.startRehup({
      prefix: [...prefix, 'prlimit', `--nofile=${DESCRIPTORS}`],
      env: settings,
      // Looked at with all else that was seen.
      stderr: /^/,
      ...(uid !== undefined && { uid }),
    });
    const run: Started = { rehup, startedMs, endedMs: undefined, end: undefined };
    all.push(run);
    void startAgain(run);
  };

  /** As soon as it ends by itself. */
  const startAgain = async (run: Started): Promise<void> => {
    await run.rehup.exited;
    run.endedMs ??= uptimeMs();
    if (run.end !== undefined) return;
    run.end = 'itself';
    await delay(BACK_OFF_MS);
    starting = start();
  };

  const finish = async (how: 'killed' | 'stopped'): Promise<void> => {
    await starting;
    const last = running();
    if (last === undefined) return;
    last.end = how;
    last.rehup.kill(how === 'killed' ? 'SIGKILL' : 'SIGTERM');
    await last.rehup.exited;
    last.endedMs = uptimeMs();
  };

  const limit = (count: number): void => {
    const last = running();
    // Until then it is Node that opens files, and cannot start without.
    if (last === undefined || last.rehup.all({ msg: started }).length === 0) return;
    const command = ['prlimit', `--pid=${last.rehup.pid}`, `--nofile=${count}:`];
    // It may end just now. Limits are set by who runs under the same uid.
    execaSync('/usr/bin/env', [...(uid === undefined ? [] : asUser(uid)), ...command], {
      reject: false,
    });
  };

  const lastDecision = (): LogLine | undefined =>
    running()?.rehup.lines.findLast(({ msg }) => DECIDED.has(msg));

  return {
    start,
    kill: async () => await finish('killed'),
    end: async () => await finish('stopped'),
    isHeld: () => lastDecision()?.check === 'signal-ended-app',
    heedTarget: async () => {
      const { check, outcome, remedy = '' } = lastDecision() ?? {};
      if (check !== 'target-in-init-container' || outcome !== 'no-target') return false;
      const [, target] = /^set REHUP_TARGET=(\S+)/.exec(remedy) ?? [];
      if (target === undefined) throw new Error(`no remedy that can be followed: ${remedy}`);
      Object.assign(settings, { REHUP_TARGET: target });
      await finish('stopped');
      await start();
      return true;
    },
    trigger: () => {
      const run = running();
      // Before, it is Node, or the shell that starts it, which a signal ends.
      if (run === undefined || !hasHandler(run.rehup.pid)) return false;
      run.rehup.kill('SIGHUP');
      return true;
    },
    isRunning: () => running() !== undefined,
    count: (msg) => all.at(-1)?.rehup.all({ msg }).length ?? 0,
    isAtRest: () => {
      const lines = running()?.rehup.lines ?? [];
      const decided = lines.findLast(({ msg }) => DECIDED.has(msg));
      const hinted = lines.findLast(({ msg }) => msg === 'hint');
      return (
        lines.some(({ msg }) => msg === 'watching') &&
        (hinted === undefined || lines.indexOf(hinted) < lines.indexOf(decided ?? hinted)) &&
        (decided === undefined ||
          (isSettled(decided.outcome as Outcome) && decided.outcome !== 'superseded'))
      );
    },
    limitDescriptors: () => limit(NO_FURTHER_DESCRIPTORS),
    freeDescriptors: () => limit(DESCRIPTORS),
    runs: () =>
      all.map(({ rehup, startedMs, endedMs, end }) => ({
        lines: rehup.lines,
        stderr: rehup.stderr,
        startedMs,
        endedMs,
        end,
      })),
    lastLines: () =>
      all
        .slice(-SHOWN_RUNS)
        .flatMap(({ rehup: { lines, stderr }, startedMs }) => [
          `the run of rehup since ${startedMs}:`,
          ...lines.slice(-SHOWN_LINES).map((line) => JSON.stringify(line)),
          ...stderr,
        ])
        .join('\n'),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await finish('stopped');
    },
  };
}

function hasHandler(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [, mask = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status) ?? [];
    return (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    // It has just ended.
    return false;
  }
}

/** Lines that tell a decision; others have an outcome to describe what would be. */
const DECIDED: ReadonlySet<string> = new Set([
  'reloaded',
  'published',
  'held',
  'reload failed',
  'nothing to do',
]);
