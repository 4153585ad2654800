import { ConfigError, exitCodes, FatalError } from '../../system/errors.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { checkContent } from './check.ts';
import { DEFAULT_SECRET_TYPE, readContent } from '../../kubernetes/content.ts';
import type { CurrentObjects } from './current.ts';
import type { Family } from './family.ts';
import { readContentFiles } from './from-files.ts';
import { type Draft, readManifestDraft } from './from-manifest.ts';
import type { ContentSource } from './options.ts';

/** What is to be rotated to, as far as it can be told without the cluster. */
export type LocalDraft =
  | { isWhole: true; draft: Draft }
  /** Labels, annotations, and the type of a Secret come from the object in the cluster. */
  | { isWhole: false; content: Draft['content'] | undefined };

/** Reads files before anything is asked of the cluster; throws FatalError for what cannot be used. */
export async function readLocalDraft(
  family: Family,
  source: ContentSource,
  namespace: string,
): Promise<LocalDraft> {
  if (source.from === 'live') return { isWhole: false, content: undefined };
  if (source.from === 'manifest') {
    const draft = await readManifestDraft(family, source.file);
    if (draft.namespace !== undefined && draft.namespace !== namespace) {
      throw new FatalError(
        `${source.file}: ${family.kind} ${family.base} is of namespace ${draft.namespace}, and this is about ${namespace}; name it with -n`,
        exitCodes.configuration,
      );
    }
    refuseUnusable(family, draft);
    return { isWhole: true, draft };
  }
  const type = family.kind === 'Secret' ? DEFAULT_SECRET_TYPE : '';
  const content = await readContentFiles({ kind: family.kind, type }, source);
  refuseUnusable(family, { content });
  return { isWhole: false, content };
}

function refuseUnusable(family: Family, { content }: Pick<Draft, 'content'>): void {
  const problems = checkContent(family, content);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** What the files leave open comes from the object of the base name, otherwise from the one in use. */
export function completeDraft(
  family: Family,
  local: LocalDraft,
  { base, used }: CurrentObjects,
): Draft {
  if (local.isWhole) return local.draft;
  const live = base ?? used;
  const { labels = {}, annotations = {} } = live?.metadata ?? {};
  if (local.content) {
    const { content } = local;
    const type = content.kind === 'Secret' ? (live?.type ?? content.type) : '';
    return { content: { ...content, type }, labels, annotations };
  }
  if (base === undefined) {
    throw fatal({
      message: `there is no ${family.kind} ${family.base} in the cluster whose content could be taken`,
      remedy: 'give the content with --from-file, --from-literal or -f',
      exitCode: exitCodes.configuration,
    });
  }
  return { content: readContent(family.kind, base), labels, annotations };
}
