import { closeSync, lstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../system/clock.ts';
import { remove } from '../../system/remove.ts';
import { readOwn } from '../../system/regular-file.ts';
import { DATA_LINK } from '../../system/volume/names.ts';
import type { VolumeFiles } from '../../system/volume/stage.ts';
import { openVolume, type Volume } from '../../system/volume/volume.ts';
import { applyForms, type FormOf } from './forms.ts';
import {
  formatState,
  type Generation,
  keepOnly,
  lastGoodBeside,
  nothingPublished,
  parseState,
  type PublishState,
  type Refused,
  withGeneration,
} from './state.ts';

/** The generation that the app sees. */
export type Shown = Generation & {
  name: string;
  /** Since when, on `Clock.uptime`: a process that started later has read it. */
  sinceMs: number;
};

/**
 * The published directory: which generation is shown, which was proved last, and which content is not to
 * be let through again. All of it is on the disk, so that it outlives rehup. Decides nothing.
 */
export type Publisher = {
  shown: () => Shown | undefined;
  /** The newest content that was proved, if that is not what is shown. */
  lastGood: () => Generation | undefined;
  refused: () => Refused | undefined;
  /** Where a generation lies. */
  place: (name: string) => string;
  /** @param beside Generations that are not to go meanwhile. */
  stage: (files: VolumeFiles, beside?: readonly string[]) => Promise<string>;
  discard: (name: string) => void;
  /** Shows what was staged. */
  flip: (name: string, content: Omit<Generation, 'proved'>) => void;
  /** What is shown is what the sources hold: it does not matter any more where it came from. */
  own: () => void;
  /** Takes what was staged for the last good one: it was proved in another pod. */
  adopt: (name: string, content: Omit<Generation, 'proved'>) => Promise<void>;
  /** Shows the last good generation, which is proved. */
  showLastGood: () => void;
  /** The app has taken what is shown. */
  prove: () => Promise<void>;
  /** Shows the last good generation again, and remembers why. `undefined` where there is none. */
  flipBack: (refused: Refused) => Shown | undefined;
  /** Shows the last good generation again, and holds nothing against the other. */
  takeBack: () => Shown | undefined;
  /** Content may be tried again. */
  forgive: () => void;
  /** The same of the next content, where there are two sources. */
  refusedNext: () => Refused | undefined;
  refuseNext: (refused: Refused) => void;
};

const STATE = '..rehup.json';
const MAX_BYTES = 1024 * 1024;

/** Opens the published directory, and ends what an earlier run has left half done. */
export function openPublisher(root: string, clock: Clock, formOf: FormOf): Publisher {
  let state = readState(root);
  const volume = openVolume(root, { keep: Object.keys(state.generations) });
  let sinceMs = whenShown(volume, clock);

  /** What is known could not be written down: no room, or no right. */
  let isUnwritten = false;
  const write = (next: PublishState): void => {
    writeState(root, keepOnly(next, volume.generations()));
    state = keepOnly(next, volume.generations());
    isUnwritten = false;
  };
  /** Holds from now on, whether it can be written down now or only later. */
  const know = (next: PublishState): void => {
    state = keepOnly(next, volume.generations());
    isUnwritten = true;
    writeLate();
  };
  const writeLate = (): void => {
    if (!isUnwritten) return;
    try {
      write(state);
    } catch {
      // The next look tries again. A run that starts until then will prove, or fail, once more.
    }
  };
  const shown = (): Shown | undefined => {
    writeLate();
    finish();
    const name = volume.current();
    if (name === undefined) return undefined;
    const known = state.generations[name] ?? { hash: '', mounts: {}, proved: false };
    return { ...known, name, sinceMs };
  };
  /** Somebody may have removed it. */
  const lastGood = (): string | undefined =>
    lastGoodBeside(keepOnly(state, volume.generations()), volume.current() ?? '');
  /** It is shown, and has not got all of its names and forms: what was to give them has failed. */
  let isUnfinished = false;
  const show = (name: string): void => {
    const before = volume.current();
    try {
      showWhole(name);
    } catch (error) {
      // What is shown is whole, in all of its forms, or what was before is.
      if (before !== undefined && volume.current() !== before) showWhole(before);
      throw error;
    }
  };
  const showWhole = (name: string): void => {
    isUnfinished = true;
    volume.show(name);
    giveForms(name);
    // Whoever started in between may have read files of both.
    sinceMs = clock.uptime();
    isUnfinished = false;
  };
  const finish = (): void => {
    const name = volume.current();
    if (!isUnfinished || name === undefined) return;
    try {
      showWhole(name);
    } catch {
      // The next look tries again.
    }
  };
  const giveForms = (name: string): void => {
    const files = applyForms(root, name, formOf, state.files);
    if (files.join('/') !== state.files.join('/')) write({ ...state, files });
  };
  const keep = (): string[] => [lastGood() ?? []].flat();

  const takeBack = (): Shown | undefined => {
    const good = lastGood();
    if (good === undefined) return undefined;
    show(good);
    return shown();
  };
  const flipBack = (refused: Refused): Shown | undefined => {
    if (lastGood() === undefined) return undefined;
    // First of all: killed in between, the next run ends it. Where it cannot be written, the app comes first.
    know({ ...state, refused });
    return takeBack();
  };

  /** The machine has lost its power, say, and perhaps what was on its way to the disk. */
  const distrust = (): void => {
    const good = lastGood();
    if (good === undefined) volume.hide();
    else show(good);
  };

  const { refused } = state;
  const left = shown();
  if (left?.boot !== undefined && left.boot !== readBoot()) distrust();
  else if (left) giveForms(left.name);
  if (refused !== undefined && left?.hash === refused.hash && !left.proved) flipBack(refused);
  return {
    shown,
    lastGood: () => state.generations[lastGood() ?? ''],
    refused: () => state.refused,
    place: (name) => join(root, name),
    stage: async (files, beside = []) => {
      // Three at most: the one that is shown, the last good one, and the one to come.
      volume.settle([...keep(), ...beside]);
      return await volume.stage(files);
    },
    discard: volume.discard,
    flip: (name, content) => {
      const generation = { ...content, proved: false, boot: readBoot() };
      write({ ...withGeneration(state, name, generation), refused: undefined });
      show(name);
    },
    own: () => {
      const name = volume.current() ?? '';
      const { kept, ...known } = state.generations[name] ?? {};
      if (kept !== undefined) write(withGeneration(state, name, known as Generation));
    },
    adopt: async (name, content) => {
      await volume.sync(name);
      write(withGeneration(state, name, { ...content, proved: true }));
    },
    showLastGood: () => {
      const good = lastGood();
      if (good === undefined) return;
      write({ ...state, refused: undefined });
      show(good);
    },
    prove: async () => {
      const name = volume.current();
      const known = name === undefined ? undefined : state.generations[name];
      if (name === undefined || known === undefined) return;
      const { boot: _, ...rest } = known;
      // The app has it already, and has waited for no disk.
      await volume.sync(name);
      know(withGeneration(state, name, { ...rest, proved: true }));
      // What is only tried leaves what it is tried instead of.
      volume.settle(known.isNext === true ? keep() : []);
      state = keepOnly(state, volume.generations());
    },
    flipBack,
    takeBack,
    forgive: () => know({ ...state, refused: undefined, refusedNext: undefined }),
    refusedNext: () => state.refusedNext,
    refuseNext: (refusedNext) => write({ ...state, refusedNext }),
  };
}

/** Names this boot of the machine; empty, and so always the same, where nobody may know. */
function readBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function whenShown(volume: Volume, clock: Clock): number {
  const link = lstatSync(join(volume.root, DATA_LINK), { throwIfNoEntry: false });
  return link === undefined ? 0 : link.ctimeMs - (clock.now() - clock.uptime());
}

function readState(root: string): PublishState {
  try {
    return parseState(readOwn(join(root, STATE), MAX_BYTES));
  } catch {
    // None yet, or another user's: what is shown is there all the same.
    return nothingPublished;
  }
}

/** Beside, and renamed: whoever is killed leaves the old one or the new one. A loss of power may damage it. */
function writeState(root: string, state: PublishState): void {
  const temporary = join(root, `${STATE}.tmp`);
  remove(temporary);
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(handle, formatState(state));
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, join(root, STATE));
}
