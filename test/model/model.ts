/**
 * What the app must hold, and when it may be asked to reload: the contract of the loop, without any of
 * its code. All functions are pure.
 */
export type Model = {
  /** The content that is mounted. */
  content: string;
  /** When it was swapped last, whether or not that changed it; on `Clock.uptime`, as all times here. */
  swappedAtMs: number;
  app: App | undefined;
  /** Identity of a process → the content that rehup has seen it take. */
  seen: ReadonlyMap<string, string>;
  /** When rehup read what it saw an app take last. */
  provedAtMs: number;
  /** What of that would be known after a restart of rehup that finds its memory. */
  saved: { content: string; seen: ReadonlyMap<string, string> } | undefined;
};

export type App = { identity: string; startedMs: number; holds: string };

export const nothingKnown: Pick<Model, 'seen' | 'provedAtMs' | 'saved'> = {
  seen: new Map(),
  provedAtMs: Number.NEGATIVE_INFINITY,
  saved: undefined,
};

/** The start times and the times on disk are as coarse as this. */
const RESOLUTION_MS = 30;

/** How long an app may take to read its files when it starts, and a swap to be noticed. */
const UNSURE_MS = 10_000 + 6000;

/**
 * What an app read just before, or in the time of a swap, may be the one content or the other; while
 * rehup cannot read the mount, at any time.
 */
export function swapped(
  model: Model,
  content: string,
  { swappedAtMs, readable }: { swappedAtMs: number; readable: boolean },
): Model {
  const { app, provedAtMs } = model;
  const readAtMs = Math.max(app?.startedMs ?? Number.NEGATIVE_INFINITY, provedAtMs);
  const isUnsure = !readable || readAtMs + UNSURE_MS >= swappedAtMs;
  return { ...(isUnsure ? attempted(model) : model), content, swappedAtMs };
}

/** An app reads its configuration when it starts. */
export function appStarted(model: Model, identity: string, startedMs: number): Model {
  return { ...model, app: { identity, startedMs, holds: model.content } };
}

export function appEnded(model: Model): Model {
  return { ...model, app: undefined };
}

/** The app is about to be asked to reload: until there is proof, it may hold one content or the other. */
export function attempted(model: Model): Model {
  const seen = new Map([...model.seen].filter(([identity]) => identity !== model.app?.identity));
  return { ...model, seen, saved: undefined };
}

/** It reads what is there when it is asked. */
export function taken({ app, ...model }: Model): Model {
  return { ...model, app: app && { ...app, holds: model.content } };
}

/**
 * rehup says that these processes have this content now.
 *
 * @param readAtMs When rehup read it. What was swapped later the app may have taken instead.
 */
export function proved(
  model: Model,
  {
    identities,
    content,
    readAtMs,
  }: { identities: readonly string[]; content: string; readAtMs: number },
): Model {
  if (model.swappedAtMs >= readAtMs) return attempted(model);
  const seen = new Map(identities.map((identity) => [identity, content]));
  return { ...model, seen, provedAtMs: readAtMs, saved: { content, seen } };
}

export function rehupStarted(model: Model, { remembers }: { remembers: boolean }): Model {
  const saved = remembers ? model.saved : undefined;
  const seen = saved?.content === model.content ? saved.seen : new Map<string, string>();
  return { ...model, seen, saved };
}

/** It started with this content, or was seen to take it: to ask it again would be for nothing. */
export function isNeedless({ app, seen, content, swappedAtMs }: Model, asking: string): boolean {
  if (app === undefined) return false;
  const startedWithIt = content === asking && app.startedMs > swappedAtMs + RESOLUTION_MS;
  return startedWithIt || seen.get(app.identity) === asking;
}

/** The app goes on with something else than what is mounted. */
export function isBehind({ app, content }: Model): boolean {
  return app !== undefined && app.holds !== content;
}
