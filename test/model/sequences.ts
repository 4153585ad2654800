/**
 * Every sequence of up to so many of the items, the short ones first. What is handed in after each is the
 * place of the first item that made no difference: whatever begins like that was there without it.
 */
export function* everySequence<Item>(
  items: readonly Item[],
  maxLength: number,
): Generator<readonly Item[], void, number | undefined> {
  for (let length = 1; length <= maxLength; length += 1) {
    const digits = Array.from({ length }, () => 0);
    for (;;) {
      const place = (yield digits.flatMap((digit) => items.slice(digit, digit + 1))) ?? length - 1;
      digits.fill(0, place + 1);
      if (!countUp(digits, place, items.length)) break;
    }
  }
}

function countUp(digits: number[], place: number, base: number): boolean {
  if (place < 0) return false;
  const next = (digits[place] ?? 0) + 1;
  digits[place] = next % base;
  return next < base || countUp(digits, place - 1, base);
}

/** Whether the one is left when items of the other are taken out. */
export function isWithin<Item>(one: readonly Item[], other: readonly Item[]): boolean {
  let found = 0;
  for (const item of other) if (item === one[found]) found += 1;
  return found === one.length;
}
