/**
 * Where a moment stands on a time line, from 0 (the oldest) to 100 (now): the nearer, the more room,
 * since the last minutes matter as much as the days before. Its text is part of the page, so it uses
 * nothing from outside of itself.
 */
export function placeMoment(ageMs: number, oldestMs: number): number {
  const share = Math.log1p(Math.max(0, ageMs) / 10_000) / Math.log1p(oldestMs / 10_000);
  return Math.round(1000 * (1 - share)) / 10;
}
