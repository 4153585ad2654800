import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import { remove, removeIfPossible } from '../remove.ts';
import {
  comingLink,
  DATA_LINK,
  generationName,
  isGeneration,
  isLeftover,
  isShown,
  NEW_DATA_LINK,
} from './names.ts';
import { makeDirectory, type VolumeFiles, writeFiles } from './stage.ts';
import { syncBelow, syncOne } from './sync.ts';

/**
 * A directory that is written as the kubelet writes a ConfigMap or Secret volume: each generation in a
 * timestamped directory of its own, `..data` leading to the current one, and for each name in that a
 * link through `..data`. One rename shows a whole generation, or another one again. A writer that is
 * killed anywhere leaves what is shown whole; the next one tidies up.
 */
export type Volume = {
  root: string;
  /** The generation that is shown: the name of its directory; `undefined` before the first. */
  current: () => string | undefined;
  /** All that are there, shown or not. */
  generations: () => string[];
  /** Writes a generation that nobody sees yet. Leaves nothing behind where it fails. */
  stage: (files: VolumeFiles) => Promise<string>;
  /** Shows a generation, newer or older. Either all of it is shown, or what was before. */
  show: (generation: string) => void;
  /** Both at once. */
  flip: (generation: string, keep?: readonly string[]) => void;
  /** Removes all generations but the current one and those to keep. */
  settle: (keep?: readonly string[]) => void;
  /** Returns once a generation, and that it is shown, survive a loss of power. Costs a wait for the disk. */
  sync: (generation: string) => Promise<void>;
  /** Shows nothing any more. */
  hide: () => void;
  /** Removes a generation that is not shown. */
  discard: (generation: string) => void;
};

export type VolumeStep =
  | 'made'
  | 'wrote-file'
  | 'wrote-files'
  | 'made-links'
  | 'made-data-link'
  | 'flipped'
  | 'showed-link'
  | 'hid-link'
  | 'removed';

export type VolumeOptions = {
  /** Generations that an earlier writer left, and that are not to go. */
  keep?: readonly string[];
  /** Each name has its link in the root. On, if not given; readers that go through `..data` need none. */
  links?: boolean;
  now?: () => Date;
  random?: () => number;
  /** Told after each step. */
  onStep?: (step: VolumeStep) => void;
};

/** Opens, or makes, such a directory, and tidies up what a killed writer has left. */
export function openVolume(root: string, options: VolumeOptions = {}): Volume {
  const { links = true, keep: kept = [], onStep = () => {} } = options;
  const { now = () => new Date(), random = Math.random } = options;
  mkdirSync(root, { recursive: true });

  /** Of thousands of names: `join` would be most of the work. */
  const place = (name: string): string => `${root}/${name}`;
  /** A link to a directory that somebody has removed shows nothing. */
  const current = (): string | undefined => {
    const name = readLink(place(DATA_LINK));
    return name !== undefined && existsSync(place(name)) ? name : undefined;
  };
  const generations = (): string[] => readdirSync(root).filter(isGeneration);

  const prune = (keep: readonly string[] = []): void => {
    const stays = new Set([...keep, current()]);
    for (const name of generations().filter((one) => !stays.has(one))) {
      // One that stays, since it is another user's, is nothing that anybody sees.
      removeIfPossible(place(name));
      onStep('removed');
    }
  };

  /** None of one that is not there, or is not to have links. */
  const namesOf = (generation: string): string[] =>
    links && existsSync(place(generation)) ? readdirSync(place(generation)) : [];

  const removeLeftovers = (): void => {
    for (const name of readdirSync(root).filter(isLeftover)) unlinkSync(place(name));
  };

  /** Of what is shown: names without a link, which is made for them. What else has the name stays. */
  const makeLinks = (generation: string): (() => void) => {
    // Also what an earlier attempt has left that could not even tidy up.
    removeLeftovers();
    const there = new Set(readdirSync(root));
    const names = namesOf(generation).filter((name) => !there.has(name));
    names.forEach((name, index) => symlinkSync(`${DATA_LINK}/${name}`, place(comingLink(index))));
    return () => {
      for (const [index, name] of names.entries()) {
        renameSync(place(comingLink(index)), place(name));
        onStep('showed-link');
      }
    };
  };

  const hideStale = (): void => {
    const shown = new Set(namesOf(DATA_LINK));
    for (const name of readdirSync(root).filter(isShown)) {
      if (shown.has(name) || readLink(place(name)) !== `${DATA_LINK}/${name}`) continue;
      unlinkSync(place(name));
      onStep('hid-link');
    }
  };

  const show = (generation: string): void => {
    // All that takes room on the disk comes before the rename, and all that can fail with it.
    let giveNames: () => void;
    try {
      giveNames = makeLinks(generation);
      onStep('made-links');
      symlinkSync(generation, place(NEW_DATA_LINK));
      onStep('made-data-link');
      renameSync(place(NEW_DATA_LINK), place(DATA_LINK));
    } catch (error) {
      removeLeftovers();
      throw error;
    }
    onStep('flipped');
    giveNames();
    hideStale();
  };

  const flip = (generation: string, keep: readonly string[] = []): void => {
    show(generation);
    prune(keep);
  };

  const sync = async (generation: string): Promise<void> => {
    await syncBelow(place(generation));
    await syncOne(root);
  };

  const hide = (): void => {
    remove(place(DATA_LINK));
    hideStale();
  };

  const discard = (generation: string): void => {
    if (generation !== current()) removeIfPossible(place(generation));
  };

  const stage = async (files: VolumeFiles): Promise<string> => {
    const name = makeGeneration(root, now, random);
    onStep('made');
    try {
      await writeFiles(place(name), files, () => onStep('wrote-file'));
      onStep('wrote-files');
      return name;
    } catch (error) {
      removeIfPossible(place(name));
      throw error;
    }
  };

  removeLeftovers();
  prune(kept);
  // One whose directory is gone shows nothing, and there is nothing to make links for.
  makeLinks(DATA_LINK)();
  hideStale();
  return { root, current, generations, stage, show, settle: prune, flip, sync, hide, discard };
}

/** A name that is taken, by a writer that was killed within the same second, say, is drawn anew. */
function makeGeneration(root: string, now: () => Date, random: () => number): string {
  for (;;) {
    const name = generationName(now(), Math.floor(random() * 2 ** 32));
    try {
      makeDirectory(join(root, name));
      return name;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    // No link at all (EINVAL): a file that somebody put there.
    if (['ENOENT', 'EINVAL'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
