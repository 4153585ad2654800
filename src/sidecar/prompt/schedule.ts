/**
 * How often, and when, the kubelet is asked to bring what is awaited at one mount. Knows how often it
 * was asked, and since when; decides when the next patch is due, how many there are to be, and from
 * when on it has been there by itself. Times on `Clock.elapsed`.
 */
export type Ask = {
  /** Patches sent since the last change, and how many may be. */
  patches: number;
  allowed: number;
  /** When the first change was noted, of those that are asked for together. */
  sinceMs: number;
  dueMs: number;
  /** After that, the kubelet has been there by itself. */
  endMs: number;
  /** An earlier change has been asked for and has not arrived: whose content comes next is not known. */
  overlaps: boolean;
  /** Most likely it has arrived already. */
  doubtful: boolean;
};

/** Several objects that are applied together move within this time, and need one patch. */
const JOIN_MS = 100;

/** Changes that follow each other without end cannot put a patch off for longer. */
const LONGEST_JOIN_MS = 500;

/** If no swap followed by then, the kubelet's own watch of the object came later than ours. */
const REPEAT_MS = 3000;

/** An update that changes no mounted key is never followed by a swap. */
const MAX_PATCHES = 3;

/** Between two patches of the own pod. */
export const SPACING_MS = 1000;

/** The longest time from one sync of a pod to the next: 90 s and what it takes (kubelet: syncFrequency 1m, jitter 0.5). */
const KUBELET_PERIOD_MS = 95_000;

/** What a change comes to. */
type Company = {
  /** What is still awaited at that mount. */
  earlier?: Ask | undefined;
  /** All that has not been asked for yet, at whatever mount. */
  unsent?: readonly Ask[];
  /** Most likely the mount has it: the kubelet is asked once. */
  doubtful?: boolean;
};

/** A change, which may wait for its splay, and for others that come with it. */
export function planAsk(nowMs: number, splayMs: number, company: Company = {}): Ask {
  const { earlier, unsent = [] } = company;
  const doubtful = company.doubtful === true && earlier?.doubtful !== false;
  const sinceMs = Math.min(nowMs, ...unsent.map((ask) => ask.sinceMs));
  const dueMs = Math.min(nowMs + JOIN_MS, sinceMs + LONGEST_JOIN_MS) + splayMs;
  return {
    patches: 0,
    allowed: doubtful ? 1 : MAX_PATCHES,
    sinceMs,
    dueMs,
    endMs: nowMs + splayMs + KUBELET_PERIOD_MS,
    overlaps: earlier !== undefined && (earlier.overlaps || earlier.patches > 0),
    doubtful,
  };
}

/** What has not been asked for yet is asked for together with a later change. */
export function joinAsk(ask: Ask, { dueMs }: Ask): Ask {
  return isUnsent(ask) ? { ...ask, dueMs } : ask;
}

export function isUnsent({ patches, allowed }: Ask): boolean {
  return patches === 0 && allowed > 0;
}

/** The update is awaited, for its lag, and never asked for. */
export function withoutPatches(ask: Ask): Ask {
  return { ...ask, allowed: 0 };
}

export function afterPatch(ask: Ask, nowMs: number): Ask {
  const patches = ask.patches + 1;
  const lastMs = nowMs + (ask.allowed - patches + 1) * REPEAT_MS;
  const endMs = ask.doubtful ? Math.min(ask.endMs, lastMs) : ask.endMs;
  return { ...ask, patches, dueMs: nowMs + REPEAT_MS, endMs };
}

/** What is left to ask for when the mount has got other content; `undefined`: nothing. */
export function afterArrival(ask: Ask): Ask | undefined {
  if (!ask.overlaps || ask.patches >= ask.allowed) return undefined;
  // That may have been the change before this one: the kubelet is asked again.
  return { ...ask, patches: Math.max(1, ask.patches), overlaps: false, doubtful: true };
}

/** No further patch; the update may still come with the kubelet's own sync. */
export function isExhausted(ask: Ask, nowMs: number): boolean {
  return ask.patches >= ask.allowed || nowMs >= ask.endMs;
}

export function isOver(ask: Ask, nowMs: number): boolean {
  return nowMs >= ask.endMs;
}
