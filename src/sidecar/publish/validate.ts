import type { Settings } from '../../config/options.ts';
import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { ContentRequest } from '../snapshot/content-request.ts';
import { createValidation, type ValidationParts } from '../validate/create.ts';

export type StagedValidation = ValidationParts & {
  settings: Settings & { publish: string };
  mounts: readonly Mount[];
};

/** Judges a directory that nobody sees yet, as if it were published already. */
export async function validateStaged(
  path: string,
  { settings, mounts, ...parts }: StagedValidation,
  request: ContentRequest,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const staged = { path, isDelivered: true };
  const roots = [settings.publish, ...mounts.map((mount) => mount.path)];
  const validate = createValidation(relateTo(roots, settings), [staged], parts);
  const failure = await validate?.({ ...request, changes: new Map() }, signal);
  if (failure === undefined) return undefined;
  if (settings.render !== undefined) return ofProgram(failure, path, settings.publish);
  // To be corrected is the source.
  const [source, ...others] = mounts;
  const places = { path, publish: settings.publish };
  return showAs(failure, { ...places, source: others.length === 0 ? source?.path : undefined });
}

/** What is written with the path of a source, or of the published directory, is about the staged one. */
function relateTo(roots: readonly string[], settings: Settings): Settings {
  const relate = (glob: string): string => {
    const root = roots.find((one) => glob.startsWith(`${one}/`));
    return root === undefined ? glob : glob.slice(root.length + 1);
  };
  const { include, exclude, validate, requireKeys } = settings;
  // Which keys of the sources count says nothing about those that a program makes of them.
  const isMade = settings.render !== undefined;
  return {
    ...settings,
    include: isMade ? undefined : include?.map(relate),
    exclude: isMade ? undefined : exclude?.map(relate),
    validate: validate?.map((rule) => ({ ...rule, glob: relate(rule.glob) })),
    requireKeys: requireKeys?.map(relate),
  };
}

type Places = { path: string; publish: string; source: string | undefined };

/** Nobody can look at a directory that is gone by then. */
function showAs(failure: Failure, { path, publish, source = publish }: Places): Failure {
  const { reason, remedy } = failure;
  return {
    ...failure,
    reason: reason.replaceAll(path, publish),
    ...(remedy !== undefined && { remedy: remedy.replaceAll(path, source) }),
  };
}

/** What fails is no file of the source: it may be the program. */
function ofProgram(failure: Failure, path: string, publish: string): Failure {
  const { reason, remedy } = failure;
  const shown = { ...failure, reason: reason.replaceAll(path, publish) };
  if (remedy?.includes(path) !== true) return shown;
  return {
    ...shown,
    remedy: 'correct the content, or the program of REHUP_RENDER, which made this of it',
  };
}
