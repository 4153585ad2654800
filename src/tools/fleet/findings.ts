import { asList, asRecord, asText, type PlainRecord } from '../../system/plain.ts';

/** What `rehup doctor` said in a pod, as its JSON has it. */
export type Finding = {
  id: string;
  status: 'pass' | 'warn' | 'fail';
  rule: string | undefined;
  seen: string;
  why: string | undefined;
  remedy: string | undefined;
  /** All of it, as it came. */
  document: PlainRecord;
};

/** The same finding, in several pods. */
export type Group = { finding: Finding; pods: readonly string[] };

/** @throws TypeError where it is of no rehup. */
export function parseFindings(text: string): Finding[] {
  const { findings } = asRecord(JSON.parse(text));
  if (!Array.isArray(findings)) {
    throw new TypeError('what was answered is of no rehup of this version');
  }
  return asList(findings).map(asRecord).map(parseFinding);
}

function parseFinding(document: PlainRecord): Finding {
  const status = document['status'];
  return {
    id: asText(document['id']) ?? '',
    status: status === 'pass' || status === 'warn' ? status : 'fail',
    rule: asText(document['rule']),
    seen: asText(document['seen']) ?? '',
    why: asText(document['why']),
    remedy: asText(document['remedy']),
    document,
  };
}

const ORDER = ['fail', 'warn', 'pass'];

/** Equal ones together, what fails first; within that, in the order in which a reload would meet them. */
export function groupFindings(byPod: ReadonlyMap<string, readonly Finding[]>): Group[] {
  const groups = new Map<string, { finding: Finding; pods: string[] }>();
  for (const [pod, findings] of byPod) {
    for (const finding of findings) {
      const key = identityOf(finding);
      const group = groups.get(key) ?? { finding, pods: [] };
      if (!group.pods.includes(pod)) group.pods.push(pod);
      groups.set(key, group);
    }
  }
  return [...groups.values()].toSorted(
    (one, other) => ORDER.indexOf(one.finding.status) - ORDER.indexOf(other.finding.status),
  );
}

/** Process ids, times and hashes are others in each pod. */
function identityOf({ status, id, rule, seen, remedy }: Finding): string {
  return JSON.stringify([status, id, rule, withoutNumbers(seen), withoutNumbers(remedy ?? '')]);
}

function withoutNumbers(text: string): string {
  return text
    .replaceAll(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
    .replaceAll(/\b[0-9a-f]{12,64}\b/g, 'HASH')
    .replaceAll(/\(\d+\)|\b(?:pid|process) \d+/g, 'PID')
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:ms|s|m|h)\b/g, 'SPAN');
}
