import { expect } from 'vitest';

/** A whole number in these bounds: no NaN, no minus zero, nothing that has lost digits. */
export function expectId(value: number, from: number, to: number): void {
  expect(Number.isSafeInteger(value) && !Object.is(value, -0)).toBe(true);
  expect(value).toBeGreaterThanOrEqual(from);
  expect(value).toBeLessThanOrEqual(to);
}
