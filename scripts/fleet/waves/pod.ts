import { decide, type Step } from '../../../src/sidecar/wave/decide.ts';
import { pauseMs, stageMs } from '../../../src/sidecar/wave/pace.ts';
import { approve, reject } from '../../../src/sidecar/wave/turn.ts';
import { watchHolder } from '../../../src/sidecar/wave/watch-holder.ts';
import type { Answer, ApiServer } from '../api-server.ts';
import type { Timeline } from '../events.ts';
import { RULE, type Seen, type SimulatedLease } from './lease.ts';

/** What all pods of the workload have in common. */
export type WavePodInput = {
  timeline: Timeline;
  random: () => number;
  lease: SimulatedLease;
  pods: number;
  /** The parts of the pods that follow the first, 0 to 1. */
  stages: readonly number[];
  soakMs: number;
  /** The app cannot work with the content. */
  isBad: boolean;
  counts: WavePodCounts;
};

export type WavePodCounts = {
  onRequest: () => void;
  onRefused: () => void;
  onWritten: () => void;
  /** The app has been given the content. */
  onTaken: () => void;
  /** It knows that it will not get it. */
  onHeld: () => void;
  onVerdict: () => void;
};

/** An attempt: the signal, and that the app lives on for a second. */
const ATTEMPT_MS = 1050;

/** As `wave/lead.ts` has it. */
const RENEW_MS = 10_000;
const LEASE_MS = 30_000;
const LONGEST_CONFLICT_MS = 200;

/** Reads that come before the first look at the Lease: the own pod, and its owner. */
const OWN_READS = 2;

const HASH = 'new';

/** The wave of one pod from when it has the content on; what it decides is decided by the real thing. */
export function startWavePod(
  input: WavePodInput,
  { name, fraction, server }: { name: string; fraction: number; server: ApiServer },
): void {
  const { timeline, random, lease, pods, stages, soakMs, isBad, counts } = input;
  const holderWatch = watchHolder(timeline.now);
  let isLeading = false;

  const later = (ms: number, run: () => void): void => timeline.at(timeline.now() + ms, run);
  /** Whatever is refused is asked for again, as after an API server that does not answer. */
  const retrying = (answer: Answer, send: () => void, onDone: () => void): void => {
    if (answer.kind === 'done') return onDone();
    counts.onRefused();
    const wantedMs = answer.kind === 'throttled' ? answer.retryAfterMs : 0;
    return later(Math.max(wantedMs, pauseMs(pods, false, random())), send);
  };
  const read = (onSeen: (seen: Seen) => void): void => {
    counts.onRequest();
    server.read((answer) =>
      retrying(
        answer,
        () => read(onSeen),
        () => onSeen(lease.read()),
      ),
    );
  };
  const write = (
    seen: Seen,
    change: Parameters<SimulatedLease['write']>[1],
    onEnd: (isWritten: boolean) => void,
  ): void => {
    let isWritten = false;
    counts.onRequest();
    server.update(
      () => {
        isWritten = lease.write(seen, change, timeline.now());
        if (isWritten) counts.onWritten();
      },
      (answer) =>
        retrying(
          answer,
          () => write(seen, change, onEnd),
          () => onEnd(isWritten),
        ),
    );
  };

  const who = { hash: HASH, me: name, at: '' };
  const ask = (): void => {
    read((seen) => {
      const { holder, waves } = seen;
      const isExpired = holderWatch.isExpired({ ...seen, durationMs: LEASE_MS });
      const about = { ...who, rule: RULE, fraction, holder, waves, isExpired, passes: false };
      follow(seen, decide(about));
    });
  };
  const follow = (seen: Seen, step: Step): void => {
    switch (step.do) {
      case 'take':
      case 'reject': {
        const change = { holder: step.do === 'take' ? name : '', wave: step.next };
        return write(seen, change, (isWritten) => {
          if (!isWritten) return ask();
          return step.do === 'take' ? lead() : counts.onHeld();
        });
      }
      case 'go':
        return act();
      case 'wait':
        return later(pauseMs(pods, false, random()), ask);
      case 'hold':
        // It goes on asking, as seldom as that is; nothing comes of it here.
        return counts.onHeld();
      default:
        return step satisfies never;
    }
  };
  const act = (): void => later(ATTEMPT_MS, counts.onTaken);

  const lead = (): void => {
    isLeading = true;
    later(RENEW_MS, renew);
    act();
    later(ATTEMPT_MS + (isBad ? 0 : soakMs), isBad ? sayBad : open);
  };
  const renew = (): void => {
    if (!isLeading) return;
    read((seen) => {
      const wave = seen.waves.get(RULE);
      if (!isLeading || wave === undefined) return;
      write(seen, { holder: name, wave }, () => later(RENEW_MS, renew));
    });
  };
  const sayBad = (): void => {
    read((seen) => {
      const wave = reject(seen.waves.get(RULE), who, { outcome: 'unverified', reason: '' });
      write(seen, { holder: '', wave }, (isWritten) => {
        if (!isWritten) return later(LONGEST_CONFLICT_MS * random(), sayBad);
        isLeading = false;
        return counts.onVerdict();
      });
    });
  };
  const open = (): void => {
    read((seen) => {
      const before = seen.waves.get(RULE);
      if (before === undefined || seen.holder !== name) return;
      const wave = approve(before, who, stages);
      const isLast = wave.now.open >= 1;
      write(seen, { holder: isLast ? '' : name, wave }, (isWritten) => {
        if (!isWritten) return later(LONGEST_CONFLICT_MS * random(), open);
        if (before.now.open === 0) counts.onVerdict();
        if (!isLast) return later(stageMs(pods, { soakMs, splayMs: 0 }), open);
        isLeading = false;
        return undefined;
      });
    });
  };

  const readOwn = (left: number): void => (left === 0 ? ask() : read(() => readOwn(left - 1)));
  readOwn(OWN_READS);
}
