/** A number as the kernel writes one: digits, and no more of them than a number can hold. */
export function toCount(text: string | undefined): number | undefined {
  // `Number` would take '', ' 7', '0x7', '7e3' and '-7' as well.
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : undefined;
}
