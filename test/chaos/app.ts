import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../../src/system/errors.ts';
import { parseStat } from '../../src/system/proc/stat.ts';
import type { Exit, LineProcess } from '../support/line-process.ts';
import type { PodScene } from '../support/pod-scene.ts';
import { waitFor } from '../support/wait-for.ts';
import { parseJournal } from './journal.ts';
import type { Incarnation } from './records.ts';

const APP = fileURLToPath(new URL('programs/app.sh', import.meta.url));
const BYSTANDER = fileURLToPath(new URL('programs/bystander.sh', import.meta.url));

export type How = 'now' | 'slow' | 'crash';

/** The container of the app, and the kubelet's part in it: whatever ends is started again. */
export interface AppContainer extends AsyncDisposable {
  /** Ends all of its processes, and starts it again. */
  readonly restart: (how: How) => Promise<void>;
  /** It ends so often right after its start, before it runs. */
  readonly crashLoop: (times: number) => Promise<void>;
  /** Lets one go on that is slow to start. */
  readonly hurry: () => void;
  readonly stop: () => Promise<void>;
  readonly resume: () => void;
  /** Content of the last load, once it has its handler. */
  readonly loaded: () => string | undefined;
  readonly signals: () => number;
  /** Tells it as its own reload URL would: `false` where it does not run, or does not answer. */
  readonly reload: () => Promise<boolean>;
  readonly incarnations: () => Incarnation[];
  /** What happened to processes of the container that are not the app. */
  readonly troubles: () => string[];
  /** Asks the last incarnation whether its worker lives. */
  readonly askForWorker: () => Promise<void>;
}

interface Started {
  readonly process: LineProcess;
  /** The test ends it. */
  ending: boolean;
  exit: Exit | undefined;
}

/** Between an end that nobody asked for and the next start, as the kubelet's back-off. */
const BACK_OFF_MS = 100;

/** A stopped app does not answer. */
const ANSWER_MS = 300;

interface AppOptions {
  readonly uid: number | undefined;
  readonly directories: readonly string[];
  /** In its container; it writes none without it. */
  readonly pidFile?: string;
}

export function createAppContainer(
  pod: PodScene,
  { uid, directories, pidFile = '-' }: AppOptions,
): AppContainer {
  const all: Started[] = [];
  const sessions: LineProcess[] = [];
  const visitors: LineProcess[] = [];
  let crashesLeft = 0;
  let closed = false;
  let starting: Promise<unknown> = Promise.resolve();
  let visiting: Promise<unknown> = Promise.resolve();
  const options = uid === undefined ? {} : { uid };
  const current = (): Started | undefined => all.at(-1);

  const endSessions = async (): Promise<void> => {
    await visiting;
    for (const session of sessions.splice(0)) {
      tryToSignal(session.pid, 'SIGKILL');
      await session.exited;
    }
  };

  const start = async (how: How): Promise<void> => {
    const command = ['setsid', '/bin/sh', APP, how, pidFile, ...directories];
    const process = await pod.start('app', command, options);
    const started: Started = { process, ending: false, exit: undefined };
    all.push(started);
    void startAgain(started);
    await waitFor('the app to begin', () => started.exit ?? process.lines.length > 0);
    if (how === 'now') visiting = visit(started);
  };

  /** Who looks around with `kubectl exec` takes the signal, too, and is not the app. Nobody can for long without it. */
  const visit = async (started: Started): Promise<void> => {
    const { lines } = started.process;
    const isReady = (): boolean => lines.includes('ready');
    await waitFor('the app to be ready', () => started.ending || started.exit || isReady()).catch(
      () => {},
    );
    if (started.exit || started.ending || !isReady()) return;
    const session = await pod.start('app', ['/bin/sh', BYSTANDER, 'takes'], options);
    sessions.push(session);
    visitors.push(session);
  };

  /** As soon as it ends by itself. */
  const startAgain = async (started: Started): Promise<void> => {
    started.exit = await started.process.exited;
    if (started.ending || closed) return;
    // The runtime ends what the entry process leaves behind.
    tryToSignal(-started.process.pid, 'SIGKILL');
    await endSessions();
    await delay(BACK_OFF_MS);
    if (started !== current() || started.ending || closed) return;
    crashesLeft = Math.max(0, crashesLeft - 1);
    starting = start(crashesLeft > 0 ? 'crash' : 'now');
  };

  const end = async (): Promise<void> => {
    await starting;
    const started = current();
    if (started === undefined) return;
    started.ending = true;
    await endSessions();
    if (started.exit === undefined) {
      tryToSignal(-started.process.pid, 'SIGKILL');
      tryToSignal(started.process.pid, 'SIGKILL');
      resume(started);
    }
    await started.process.exited;
  };

  return {
    restart: async (how) => {
      crashesLeft = 0;
      await end();
      await start(how);
    },
    crashLoop: async (times) => {
      await end();
      crashesLeft = times;
      await start('crash');
    },
    hurry: () => current()?.process.say('go'),
    stop: async () => {
      const app = current();
      if (app === undefined || app.exit) return;
      // nsenter(1), which waits for the app, stops with it, and takes it along when it goes on.
      await waitFor('the app to stop', () => {
        if (app.exit || isStopped(parentOf(app.process.pid))) return true;
        tryToSignal(app.process.pid, 'SIGSTOP');
        return false;
      });
    },
    resume: () => resume(current()),
    loaded: () => {
      const app = current();
      if (app === undefined || app.exit || !app.process.lines.includes('ready')) return undefined;
      return parseJournal(app.process.lines, undefined).loads.at(-1)?.content;
    },
    signals: () =>
      current()?.process.lines.filter((line) => line.startsWith('load signal')).length ?? 0,
    reload: async () => {
      const app = current();
      if (app === undefined || app.exit || !app.process.lines.includes('ready')) return false;
      const taken = (): number =>
        app.process.lines.filter((line) => /^(?:load signal|kept) /.test(line)).length;
      const before = taken();
      tryToSignal(app.process.pid, 'SIGHUP');
      return await waitFor('the app to read', () => app.exit || taken() > before, {
        deadlineMs: ANSWER_MS,
      }).then(
        () => app.exit === undefined,
        () => false,
      );
    },
    incarnations: () =>
      all.map(({ process, ending, exit }) =>
        parseJournal(process.lines, ending ? undefined : (exit?.signal ?? undefined)),
      ),
    troubles: () =>
      visitors.some(({ lines }) => lines.includes('signalled'))
        ? ['a session in the container of the app was signalled']
        : [],
    askForWorker: async () => {
      const app = current()?.process;
      app?.say('worker');
      await waitFor('the app to look for its worker', () =>
        app?.lines.some((line) => line.startsWith('worker ')),
      );
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await end();
    },
  };
}

function resume(app: Started | undefined): void {
  if (app === undefined || app.exit) return;
  const parent = parentOf(app.process.pid);
  if (isStopped(parent)) tryToSignal(parent, 'SIGCONT');
}

/** @param pid Negative: all of this process group. */
function tryToSignal(pid: number, signal: NodeJS.Signals): void {
  if (Number.isNaN(pid)) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function parentOf(pid: number): number {
  return readStat(pid)?.ppid ?? Number.NaN;
}

function isStopped(pid: number): boolean {
  return readStat(pid)?.state === 'T';
}

function readStat(pid: number): ReturnType<typeof parseStat> {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It has ended.
    return undefined;
  }
}
