import type { Clock } from '../../system/clock.ts';
import { parseVolumePath } from '../../system/volume/paths.ts';
import type { Ends } from '../ends.ts';
import type { StartedFromKept } from '../events.ts';
import type { Failure } from '../outcome.ts';
import { fromEnvLines } from '../publish/env-lines.ts';
import type { FormOf } from '../publish/forms.ts';
import type { Kept } from '../publish/kept.ts';
import type { Publisher } from '../publish/publisher.ts';
import { writeEnv } from '../publish/write-env.ts';
import { validateStaged, type StagedValidation } from '../publish/validate.ts';
import type { Attempted, AttemptInput, MovedOn } from './attempt.ts';
import { describeKept } from './held.ts';
import type { Keeper, Missing } from './keeper.ts';

export type KeptParts = StagedValidation & {
  keeper: Keeper;
  clock: Clock;
  formOf: FormOf;
  onStarted: (started: Omit<StartedFromKept, 'rule'>) => void;
};

/** Content that was kept, as a generation that may be shown. */
export type StagedKept = { name: string; kept: Kept; object: string };

/** Brings what was kept into the published directory, unseen, and has it judged as any other content. */
async function stageKept(
  { keeper, formOf, ...parts }: KeptParts,
  publisher: Publisher,
  input: AttemptInput,
  signal: AbortSignal,
): Promise<StagedKept | { missing: Missing }> {
  const recalled = await keeper.recall(signal);
  if ('missing' in recalled) return recalled;
  const { kept, object } = recalled;
  if (kept.hash === input.hash) return unusable('it is the same content');
  const files = kept.files.map(({ path, mode, bytes }) => ({
    path: parseVolumePath(path),
    // Who writes it must be able to read it.
    mode: mode | 0o400,
    // What is judged is what it was made of.
    content: formOf(path) === 'env' ? fromEnvLines(path, bytes) : bytes,
  }));
  const name = await publisher.stage(files);
  const invalid = await validateStaged(publisher.place(name), parts, input, signal);
  if (invalid === undefined) return { name: writeEnv(publisher, name, formOf), kept, object };
  publisher.discard(name);
  return unusable(`${object} is not valid any more: ${invalid.reason}`);
}

function unusable(reason: string): { missing: Missing } {
  return { missing: { reason, isUnknown: false } };
}

export function generationOf({ kept: { hash, mounts, at, by } }: StagedKept) {
  return { hash, mounts, kept: { at, by } };
}

export type FirstStart = {
  parts: KeptParts;
  publisher: Publisher;
  /** Why the content of the sources is not published. */
  held: Failure;
  /** Shows it, and tells the app, should it be there already. */
  show: (staged: StagedKept) => Promise<Attempted>;
  /** Publishes the content of the sources all the same; `undefined` where that is not wanted. */
  letThrough: (() => Promise<Attempted | MovedOn>) | undefined;
  /** It has been waited for the API for long enough. */
  isPatient: () => boolean;
};

/**
 * There is nothing that the app could start with, and the sources are invalid: what an earlier pod has
 * kept is shown. The sources stay held, and are published as soon as they are valid.
 */
export async function startFromKept(
  { parts, publisher, held, show, letThrough, isPatient }: FirstStart,
  input: AttemptInput,
  ends: Ends,
): Promise<Attempted | MovedOn> {
  const staged = await stageKept(parts, publisher, input, ends.soon);
  if ('missing' in staged) {
    const { missing } = staged;
    if (letThrough && !(missing.isUnknown && isPatient())) return await letThrough();
    return { failure: nothingAtAll(held, missing), targets: [] };
  }
  const { kept, object } = staged;
  const { targets, actedAtMs } = await show(staged);
  const { at, by, hash } = kept;
  const { reason, remedy } = held;
  parts.onStarted({
    object,
    at,
    by,
    hashes: { shown: hash, source: input.hash },
    reason: `the source is not published: ${reason}`,
    ...(remedy !== undefined && { remedy }),
  });
  const failure = { ...held, reason: `${reason}; the app starts with ${describeKept(kept)}` };
  return { failure, targets, ...(actedAtMs !== undefined && { actedAtMs }) };
}

/** There is no last good content in this pod: that of an earlier one is, if it is valid still. */
export async function adoptKept(
  parts: KeptParts,
  publisher: Publisher,
  input: AttemptInput,
  signal: AbortSignal,
): Promise<void> {
  const staged = await stageKept(parts, publisher, input, signal);
  if ('missing' in staged) return;
  await publisher.adopt(staged.name, generationOf(staged));
}

/** Told, since a person is needed; and tried again, where it is the API that is away. */
function nothingAtAll(held: Failure, { reason, remedy, isUnknown }: Missing): Failure {
  return {
    ...held,
    reason: `${held.reason}; nothing is published yet, and rehup is not ready: ${isUnknown ? 'what was kept cannot be read: ' : ''}${reason}`,
    ...(remedy !== undefined && {
      remedy: held.remedy === undefined ? remedy : `${held.remedy}; ${remedy}`,
    }),
    ...(isUnknown && { retryHelps: true }),
  };
}
