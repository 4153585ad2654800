import { isRecord } from '../../../system/plain.ts';
import {
  RULES_ANNOTATION,
  RULES_FILE,
  RULES_PATH,
  RULES_VOLUME,
} from '../../manifest/conventions.ts';
import type { Addition } from '../../manifest/edit.ts';
import { getAt } from '../../manifest/path.ts';
import type { Workload } from '../../manifest/workload.ts';

/** The rules in an annotation of the pod: they come and go with it, and no other object has to be there first. */
export function annotateRules(
  { object, pod }: Workload,
  text: string,
): { edits: readonly Addition[] } | { trouble: string } {
  const root = object.document.value;
  const path = [...pod.path.slice(0, -1), 'metadata'];
  if (pod.path.at(-1) !== 'spec') {
    return { trouble: 'where a pod of this kind has its annotations is not known' };
  }
  const metadata = getAt(root, path);
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  const own = { [RULES_ANNOTATION]: text };
  if (!isRecord(metadata)) return { edits: [{ path, value: { annotations: own } }] };
  if (!isRecord(annotations)) return { edits: [{ path: [...path, 'annotations'], value: own }] };
  if (RULES_ANNOTATION in annotations) {
    return { trouble: `it has an annotation ${RULES_ANNOTATION} already` };
  }
  return { edits: [{ path: [...path, 'annotations', RULES_ANNOTATION], value: text }] };
}

/** As a file, which follows the annotation. */
export const rulesVolume = {
  name: RULES_VOLUME,
  downwardAPI: {
    items: [
      { path: RULES_FILE, fieldRef: { fieldPath: `metadata.annotations['${RULES_ANNOTATION}']` } },
    ],
  },
};

export const rulesMount = { name: RULES_VOLUME, mountPath: RULES_PATH, readOnly: true };
