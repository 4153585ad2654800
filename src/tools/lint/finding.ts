import type { Position, ManifestDocument } from '../manifest/document.ts';
import type { Edit } from '../manifest/edit.ts';
import type { Path } from '../manifest/path.ts';

/**
 * `error`: a change will not take effect, or the pod does not work. `warning`: it works, but not as
 * well as it could. `note`: advice, or what the manifest alone cannot tell.
 */
export const severities = ['error', 'warning', 'note'] as const;

export type Severity = (typeof severities)[number];

/** One way to make a finding go away. */
export type Remedy = {
  text: string;
  /** What to change, in this order; empty where it is not in a manifest. */
  edits: readonly Edit[];
  /** Where, if not in the workload. */
  elsewhere?: { document: ManifestDocument; object: string };
};

/** What a check has found, in the workload it was given. */
export type Found = {
  /** What it is about; its position is shown. */
  path: Path;
  message: string;
  why: string;
  remedies: readonly Remedy[];
  /** Where the path is, if not in the workload's document. */
  document?: ManifestDocument;
  /** Where it is graver than usual. */
  severity?: Severity;
};

/** A kind of finding. The id is part of the contract. */
export type Kind = {
  id: string;
  severity: Severity;
  /** What is wrong, in general. */
  summary: string;
};

/** A finding as it is reported. */
export type Finding = Position & {
  id: string;
  severity: Severity;
  file: string;
  /** Index of the document in its file, from 0; paths are those of the document. */
  document: number;
  /** `Deployment/my-app`. */
  object: string;
  path: string;
  message: string;
  why: string;
  remedies: readonly ReportedRemedy[];
};

export type ReportedRemedy = { text: string; edits: readonly ReportedEdit[] };

/** An edit, with the place of its own where that is not the workload of the finding. */
export type ReportedEdit = (
  | { path: string; value: unknown }
  | { path: string; remove: true }
  | { path: string; moveFrom: string }
) & { file?: string; document?: number; object?: string };
