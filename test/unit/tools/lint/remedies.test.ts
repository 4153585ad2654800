// Each finding comes alone, and goes away when one does what is printed.
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseSidecar as parseArguments } from '../../../../src/cli/program.ts';
import { isRecord } from '../../../../src/system/plain.ts';
import type { Finding } from '../../../../src/tools/lint/finding.ts';
import { kinds } from '../../../../src/tools/lint/kinds.ts';
import { lint, type LintOptions } from '../../../../src/tools/lint/lint.ts';
import {
  applyEdit,
  createApp,
  createDeployment,
  createPod,
  createRehup,
  toManifest,
} from '../../../support/manifest.ts';
import { findUnstartable } from '../../../support/pod-start.ts';
import { cases } from './cases.ts';

function findingsIn(text: string, options: Partial<LintOptions> = {}): readonly Finding[] {
  const sources = { sources: [{ file: 'my-app.yaml', text }], skipped: [] };
  const given = { kubernetes: undefined, ignore: [], ...options };
  return lint(sources, given, parseArguments).findings;
}

const idsOf = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.map(({ id }) => id)),
];

/** Text that is wrong can only be corrected by hand. */
const byHand = ['yaml-syntax', 'config-file-invalid'];

describe('a sound manifest', () => {
  it('has no finding', () => {
    expect(findingsIn(toManifest(createDeployment(createPod(createApp(), createRehup()))))).toEqual(
      [],
    );
  });
});

describe('the cases', () => {
  it('are of every kind of finding that has a remedy', () => {
    const tried = new Set([...cases.map(({ id }) => id), ...byHand]);
    expect([...tried].toSorted()).toEqual(kinds.map(({ id }) => id).toSorted());
  });
});

const titled = cases.map((one) => ({
  ...one,
  name: [one.id, one.title].filter(Boolean).join(' '),
}));

describe.each(titled)('$name', ({ id, manifest, kubernetes, platform }) => {
  const options = { kubernetes, platform };
  const findings = findingsIn(manifest, options);
  const remedies = findings.flatMap((finding) =>
    finding.remedies
      // Some things are to be found out, not written.
      .filter(({ edits }) => edits.length > 0)
      .map((remedy) => ({ ...remedy, document: finding.document })),
  );

  it('is found, and nothing else', () => {
    expect(idsOf(findings)).toEqual([id]);
    expect(remedies.length).toBeGreaterThan(0);
  });

  it.each(remedies)('is gone after: $text', ({ edits, document }) => {
    expect(edits.length).toBeGreaterThan(0);
    const corrected = edits.reduce((text, edit) => applyEdit(text, edit, document), manifest);
    expect(idsOf(findingsIn(corrected, options))).not.toContain(id);
  });

  it.each(remedies)('leaves a pod of users without root that starts, after: $text', (remedy) => {
    const { edits, document } = remedy;
    const before = podsIn(manifest).map(withoutRoot).flatMap(findUnstartable);
    const corrected = edits.reduce((text, edit) => applyEdit(text, edit, document), manifest);
    const after = podsIn(corrected).map(withoutRoot).flatMap(findUnstartable);
    expect(after.filter((one) => !before.includes(one))).toEqual([]);
  });
});

type Fields = Record<string, unknown>;

/** Whatever has containers. */
function podsIn(text: string): Fields[] {
  const search = (value: unknown): Fields[] => {
    if (!isRecord(value)) return [];
    const own = Array.isArray(value['containers']) ? [value] : [];
    return [...own, ...Object.values(value).flatMap(search)];
  };
  return parseAllDocuments(text).flatMap((document) => search(document.toJS()));
}

function withoutRoot(pod: Fields): Fields {
  const before = isRecord(pod['securityContext']) ? pod['securityContext'] : {};
  return { ...pod, securityContext: { ...before, runAsNonRoot: true } };
}
