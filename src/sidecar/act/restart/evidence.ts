import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Clock } from '../../../system/clock.ts';
import { parseListeners } from '../../../system/proc/listeners.ts';

/** Whether the other containers of the pod were started after rehup was. */
export type Evidence = {
  isRestarted: () => boolean;
  /** It has had the time for it. */
  hasTimedOut: () => boolean;
  /** What speaks against it, as the end of a sentence. */
  describe: () => string;
};

export type EvidenceInput = {
  /** Sockets that others of the pod listened on before, by inode. */
  listeners: readonly string[];
  clock: Clock;
  /** When rehup was started, on `Clock.uptime`. */
  startedMs: number;
  timeoutMs: number;
};

/**
 * Nothing of another container shows in a PID namespace of one's own. But the kubelet writes the pod's
 * /etc/hosts anew whenever it starts any container of the pod, and the containers share a network: who
 * listened before, and is listening still, was not restarted.
 */
export function createEvidence(input: EvidenceInput): Evidence {
  const { listeners, clock, timeoutMs } = input;
  // The kernel's: the kubelet may be at the next container before the first line of rehup runs.
  const startedMs = clock.now() - (clock.uptime() - input.startedMs);
  const survive = (): boolean => {
    if (listeners.length === 0 || clock.elapsed() < SETTLED_MS) return false;
    const now = readListeningInodes();
    return listeners.every((inode) => now.includes(inode));
  };
  return {
    isRestarted: () => readLastStart() > startedMs,
    hasTimedOut: () => clock.elapsed() >= timeoutMs || survive(),
    describe: () =>
      survive()
        ? 'all that listened in the pod before are listening still'
        : `no other container has been started within ${timeoutMs} ms after it`,
  };
}

/** Before it starts rehup, the kubelet has ended all others, if it restarts the pod. */
const SETTLED_MS = 15_000;

/** When a container of the pod was started last, wall clock. */
function readLastStart(): number {
  return statSync('/etc/hosts', { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Of the sockets that listen in the network of the pod, those of others, by inode. */
export function readListeningInodes(): string[] {
  const own = readOwnSockets();
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    try {
      const sockets = parseListeners(readFileSync(path, 'utf8'));
      return sockets.flatMap(({ inode }) => (inode === undefined || own.has(inode) ? [] : inode));
    } catch {
      return [];
    }
  });
}

function readOwnSockets(): ReadonlySet<string> {
  const links = readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      // The one that the directory was read by.
      return [];
    }
  });
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}
