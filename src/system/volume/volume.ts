import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import {
  comingLink,
  DATA_LINK,
  generationName,
  isGeneration,
  isLeftover,
  isShown,
  NEW_DATA_LINK,
} from './names.ts';
import { makeDirectory, syncDirectory, type VolumeFiles, writeFiles } from './stage.ts';

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
  flip: (generation: string, keep?: readonly string[]) => Promise<void>;
  /** What follows a `show`: it is on the disk, and all generations but the current one and those to keep are gone. */
  settle: (keep?: readonly string[]) => Promise<void>;
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
  /** Content survives a loss of power; costs a wait for the disk. On, if not given. */
  durable?: boolean;
  now?: () => Date;
  random?: () => number;
  /** Told after each step. */
  onStep?: (step: VolumeStep) => void;
};

/** Opens, or makes, such a directory, and tidies up what a killed writer has left. */
export function openVolume(root: string, options: VolumeOptions = {}): Volume {
  const { durable = true, keep: kept = [], now = () => new Date(), random = Math.random } = options;
  const { onStep = () => {} } = options;
  mkdirSync(root, { recursive: true });

  const place = (name: string): string => join(root, name);
  const current = (): string | undefined => readLink(place(DATA_LINK));
  const generations = (): string[] => readdirSync(root).filter(isGeneration);

  const prune = (keep: readonly string[] = []): void => {
    const stays = new Set([...keep, current()]);
    for (const name of generations().filter((one) => !stays.has(one))) {
      rmSync(place(name), { recursive: true, force: true });
      onStep('removed');
    }
  };

  /** Of what is shown: names without a link, which is made for them. What else has the name stays. */
  const makeLinks = (generation: string): (() => void) => {
    const names = readdirSync(place(generation)).filter((name) => isVacant(place(name)));
    names.forEach((name, index) => symlinkSync(`${DATA_LINK}/${name}`, place(comingLink(index))));
    return () => {
      for (const [index, name] of names.entries()) {
        renameSync(place(comingLink(index)), place(name));
        onStep('showed-link');
      }
    };
  };

  const hideStale = (): void => {
    for (const name of readdirSync(root).filter(isShown)) {
      if (readLink(place(name)) !== `${DATA_LINK}/${name}`) continue;
      if (!isVacant(join(root, DATA_LINK, name))) continue;
      unlinkSync(place(name));
      onStep('hid-link');
    }
  };

  const removeLeftovers = (): void => {
    for (const name of readdirSync(root).filter(isLeftover)) unlinkSync(place(name));
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

  const settle = async (keep: readonly string[] = []): Promise<void> => {
    if (durable) await syncDirectory(root);
    prune(keep);
  };

  const flip = async (generation: string, keep: readonly string[] = []): Promise<void> => {
    show(generation);
    await settle(keep);
  };

  const discard = (generation: string): void => {
    if (generation !== current()) rmSync(place(generation), { recursive: true, force: true });
  };

  const stage = async (files: VolumeFiles): Promise<string> => {
    const name = makeGeneration(root, now, random);
    onStep('made');
    try {
      await writeFiles(place(name), files, { durable, onFile: () => onStep('wrote-file') });
      onStep('wrote-files');
      return name;
    } catch (error) {
      rmSync(place(name), { recursive: true, force: true });
      throw error;
    }
  };

  removeLeftovers();
  prune(kept);
  const shown = current();
  // One whose directory is gone shows nothing, and there is nothing to make links for.
  if (shown !== undefined && !isVacant(place(shown))) makeLinks(shown)();
  hideStale();
  return { root, current, generations, stage, show, settle, flip, discard };
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

function isVacant(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined;
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
