import { type Document, isAlias, isMap, LineCounter, parseAllDocuments, visit } from 'yaml';
import { repeatedKeyOf, startOf } from '../../../config/yaml-keys.ts';
import { explainYaml, REPEATED_KEY } from '../../../config/yaml-reasons.ts';
import type { Problem } from './problem.ts';
import { checkText } from './text.ts';

export const checkYaml = checkText((text) => {
  const lines = new LineCounter();
  const problemAt = (offset: number, reason: string): Problem => {
    const { line, col: column } = lines.linePos(offset);
    return {
      line: Math.max(1, line),
      column: Math.max(1, column),
      reason: `is not YAML: ${reason}`,
    };
  };
  const settings = {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    // Looked for below: the parser compares each key with all before it.
    uniqueKeys: false,
  } as const;
  const documents = [parseAllDocuments(text, settings)].flat();
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) return problemAt(error.pos[0], explainYaml(error));
  }
  for (const document of documents) {
    const fault = findFault(document);
    if (fault) return problemAt(fault.offset, fault.reason);
  }
  return undefined;
});

type Fault = { offset: number; reason: string };

/** What shows only in the whole document: keys that are there twice, aliases without an anchor. */
function findFault(document: Document): Fault | undefined {
  const anchors = new Set<string>();
  let fault: Fault | undefined;
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        fault = { offset: startOf(node), reason: 'an alias has no anchor before it' };
      } else {
        if (node.anchor !== undefined) anchors.add(node.anchor);
        const offset = isMap(node) ? repeatedKeyOf(node) : undefined;
        if (offset !== undefined) fault = { offset, reason: REPEATED_KEY };
      }
      return fault ? visit.BREAK : undefined;
    },
  });
  return fault;
}
