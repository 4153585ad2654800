import { isAbsolute, normalize } from 'node:path';
import { InvalidValue } from './parse.ts';
import { parseSources, type SourceSpec } from './parse-source.ts';

/** The key of the next content that says for which part of the pods it is. Read by rehup, and never published. */
export const PERCENT_KEY = 'rehup.percent';

/** Where the next content is: a mounted volume, or an object of the API. */
export type CanarySpec = { path: string } | { source: SourceSpec };

const FORMS = 'the directory where the next ConfigMap is mounted, or configmap/<name>';

export function parseCanary(raw: string): CanarySpec {
  const text = raw.trim();
  if (isAbsolute(text)) {
    const path = normalize(text).replace(/\/$/, '');
    if (path === '') throw new InvalidValue(`is the root of all directories; write ${FORMS}`);
    return { path };
  }
  if (!/^(?:configmap|secret)\//i.test(text)) throw new InvalidValue(`write ${FORMS}`);
  const [source, ...others] = parseSources(text);
  if (source === undefined || others.length > 0) {
    throw new InvalidValue('names several objects, and one of them is next');
  }
  return { source };
}

/** Where what comes from the API is kept: beside what is published, and shown to nobody. */
export function nextFolder(publish: string): string {
  return `${publish}/..next`;
}

/** Enough for a number, and the line break at its end. */
export const LONGEST_PERCENT = 64;

/** `30`, `0.5`, `100%`; `undefined`: that is no part of all pods. */
export function parsePercent(text: string): number | undefined {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,9})?) ?%?$/.exec(text.trim()) ?? [];
  const percent = Number(digits);
  return digits !== undefined && percent <= 100 ? percent : undefined;
}
