import type { Settings } from '../../config/options.ts';
import type { Failure } from '../outcome.ts';
import { explainPublish } from '../publish/explain.ts';
import type { Publisher } from '../publish/publisher.ts';
import { aboutOf } from './decide.ts';
import type { Prepare } from './prepare.ts';
import type { Publishing } from './published.ts';

export type RefreshParts = {
  settings: Pick<Settings, 'dryRun'> & { publish: string };
  open: () => Publisher;
  prepare: Prepare;
  say: (publisher: Publisher) => void;
};

/** The keys that count are the same, and so is what was proved of them: the others are shown, and nobody is told. */
export function createRefresh(parts: RefreshParts): Publishing['refresh'] {
  const { settings, open, prepare, say } = parts;
  return async (known, before, ends) => {
    const { hash, snapshots, rawHash } = known.content;
    if (before === undefined || before.rawHash === rawHash || settings.dryRun) return undefined;
    try {
      const publisher = open();
      const shown = publisher.shown();
      // What nobody has let through, or is of another pod, waits for the next content.
      if (shown?.hash !== hash || shown.invalid === true || shown.kept) return undefined;
      const input = { ...aboutOf(known), snapshots };
      const prepared = await prepare(publisher, input, { signal: ends.soon, letThrough: false });
      if ('outcome' in prepared) return failed(prepared);
      publisher.flip(prepared.staged, { hash, mounts: shown.mounts });
      if (shown.proved) await publisher.prove();
      say(publisher);
      return undefined;
    } catch (error) {
      ends.soon.throwIfAborted();
      return failed(explainPublish(error, settings.publish));
    }
  };
}

function failed({ reason, remedy }: Failure): Awaited<ReturnType<Publishing['refresh']>> {
  const seen = `keys that do not count were not published: ${reason}`;
  return { outcome: 'filtered', reason: seen, ...(remedy && { remedy }) };
}
