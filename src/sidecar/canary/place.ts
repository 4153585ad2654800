import { hash } from 'node:crypto';

/** Of the hash; enough for a pod in a thousand million. */
const DIGITS = 8;

/**
 * The place of a pod among all pods, from 0 to below 100, by its name alone: the first 8 hexadecimal digits
 * of the SHA-256 of its name, as a part of 16^8. So that anybody can tell which pods take the next content
 * (docs/canary.md has it in one line of shell), and a higher percentage only adds pods.
 */
export function placeOf(podName: string): number {
  const digits = hash('sha256', podName, 'hex').slice(0, DIGITS);
  return (100 * Number.parseInt(digits, 16)) / 16 ** DIGITS;
}
