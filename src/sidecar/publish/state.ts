import { asList, asText, isRecord } from '../../system/plain.ts';

/** What is known of one generation of the published directory. */
export type Generation = {
  /** Of the content of the sources, over the keys that count. */
  hash: string;
  /** Path of each source → hash of its content. */
  mounts: Readonly<Record<string, string>>;
  /** The app took it, and lived on. */
  proved: boolean;
  /** The boot of the machine in which it was written, until it is on the disk. */
  boot?: string;
  /** It was let through though it is invalid, since there was nothing else to start with. */
  invalid?: true;
  /** It is what was kept of an earlier pod, and when, and by which one. */
  kept?: KeptBy;
  /** Of two sources, it is of the one that is tried. */
  isNext?: boolean;
};

export type KeptBy = { at: string; by: string };

/** Content that is not let through again while the sources hold it. */
export type Refused = { hash: string; reason: string };

/** What outlives a restart of rehup, beside the generations themselves. Which is shown, `..data` tells. */
export type PublishState = {
  /** By the name of its directory. */
  generations: Readonly<Record<string, Generation>>;
  refused: Refused | undefined;
  /** The same of the next content, where there are two sources: other content may be shown meanwhile. */
  refusedNext: Refused | undefined;
  /** Names that are no links in the root, but files. */
  files: readonly string[];
};

export const nothingPublished: PublishState = {
  generations: {},
  refused: undefined,
  refusedNext: undefined,
  files: [],
};

const FORMAT = 1;

export function formatState(state: PublishState): string {
  return `${JSON.stringify({ format: FORMAT, ...state })}\n`;
}

/** What is damaged, or not ours, tells nothing: what is shown then counts as not proved. */
export function parseState(text: string): PublishState {
  const state = parseJson(text);
  if (!isRecord(state) || state['format'] !== FORMAT || !isRecord(state['generations'])) {
    return nothingPublished;
  }
  const { refused, refusedNext, files } = state;
  const generations = Object.entries(state['generations']).filter(
    (entry): entry is [string, Generation] => isGeneration(entry[1]),
  );
  return {
    generations: Object.fromEntries(generations),
    refused: isRefused(refused) ? refused : undefined,
    refusedNext: isRefused(refusedNext) ? refusedNext : undefined,
    files: asList(files).flatMap((name) => asText(name) ?? []),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isGeneration(value: unknown): value is Generation {
  return (
    isRecord(value) &&
    typeof value['hash'] === 'string' &&
    typeof value['proved'] === 'boolean' &&
    isRecord(value['mounts']) &&
    Object.values(value['mounts']).every((one) => typeof one === 'string') &&
    (value['kept'] === undefined || isKeptBy(value['kept']))
  );
}

function isKeptBy(value: unknown): value is KeptBy {
  return isRecord(value) && typeof value['at'] === 'string' && typeof value['by'] === 'string';
}

function isRefused(value: unknown): value is Refused {
  return (
    isRecord(value) && typeof value['hash'] === 'string' && typeof value['reason'] === 'string'
  );
}

/** The one to go back to from the one that is shown: proved, and not the same; one that is not only tried, if there is one. */
export function lastGoodBeside({ generations }: PublishState, shown: string): string | undefined {
  const good = Object.keys(generations).filter(
    (name) => name !== shown && generations[name]?.proved === true,
  );
  const stable = good.filter((name) => generations[name]?.isNext !== true);
  return (stable.length > 0 ? stable : good).toSorted().at(-1);
}

export function withGeneration(
  state: PublishState,
  name: string,
  generation: Generation,
): PublishState {
  return { ...state, generations: { ...state.generations, [name]: generation } };
}

/** Without what is not there any more. */
export function keepOnly(state: PublishState, names: readonly string[]): PublishState {
  const kept = Object.entries(state.generations).filter(([name]) => names.includes(name));
  return { ...state, generations: Object.fromEntries(kept) };
}
