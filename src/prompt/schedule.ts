/** How often, and when, the kubelet is asked to bring what is awaited at one mount. Times on `Clock.elapsed`. */
export type Ask = {
  /** Patches sent since the last change. */
  patches: number;
  /** When the first change was noted that no patch has been sent for. */
  sinceMs: number;
  dueMs: number;
  /** After that, the kubelet has been there by itself. */
  endMs: number;
  /** An earlier change has been asked for and has not arrived: whose content comes next is not known. */
  overlaps: boolean;
  /** Most likely it has arrived, together with an earlier one. */
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

/** A change, that may wait for its splay. @param earlier What is still awaited at that mount. */
export function planAsk(nowMs: number, splayMs: number, earlier?: Ask): Ask {
  const sinceMs = earlier?.patches === 0 ? earlier.sinceMs : nowMs;
  const dueMs = Math.min(nowMs + JOIN_MS, sinceMs + LONGEST_JOIN_MS) + splayMs;
  return {
    patches: 0,
    sinceMs,
    dueMs,
    endMs: nowMs + splayMs + KUBELET_PERIOD_MS,
    overlaps: earlier !== undefined && (earlier.overlaps || earlier.patches > 0),
    doubtful: false,
  };
}

/** The update is awaited, for its lag, and never asked for. */
export function withoutPatches(ask: Ask): Ask {
  return { ...ask, patches: Number.POSITIVE_INFINITY };
}

export function afterPatch(ask: Ask, nowMs: number): Ask {
  const patches = ask.patches + 1;
  const lastMs = nowMs + (MAX_PATCHES - patches + 1) * REPEAT_MS;
  const endMs = ask.doubtful ? Math.min(ask.endMs, lastMs) : ask.endMs;
  return { ...ask, patches, dueMs: nowMs + REPEAT_MS, endMs };
}

/** What is left to ask for when the mount has got other content; `undefined`: nothing. */
export function afterArrival(ask: Ask): Ask | undefined {
  if (!ask.overlaps || ask.patches === Number.POSITIVE_INFINITY) return undefined;
  // That may have been the change before this one: the kubelet is asked once more.
  const patches = Math.max(1, Math.min(ask.patches, MAX_PATCHES - 1));
  return { ...ask, patches, overlaps: false, doubtful: true };
}

/** No further patch; the update may still come with the kubelet's own sync. */
export function isExhausted(ask: Ask, nowMs: number): boolean {
  return ask.patches >= MAX_PATCHES || nowMs >= ask.endMs;
}

export function isOver(ask: Ask, nowMs: number): boolean {
  return nowMs >= ask.endMs;
}
