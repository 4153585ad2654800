// Texts that stand for secrets. Whatever rehup prints in any test is searched for them.

/** How all of them begin; nothing else does. */
const MARK = 'cAnArY7';

/** How many characters one takes in base64, and how many bytes that are, at each of three offsets. */
const base64Marks = [0, 1, 2].map((offset) => {
  const text = Buffer.from(`${'x'.repeat(offset)}${MARK}`).toString('base64');
  // What the characters before and after it have a part in is not looked at.
  const whole = text.replace(/=+$/, '');
  return whole.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + MARK.length) * 4) / 3) - 1);
});

const hexMark = Buffer.from(MARK).toString('hex');

let count = 0;

/** A secret of its own, of letters, digits and hyphens. */
export function createCanary(name: string): string {
  count += 1;
  return `${MARK}-${name}-${process.pid}-${count}`;
}

/** A secret in the environment of every rehup: a password meant for another program, say. */
export const ENVIRONMENT_CANARY = createCanary('environment');

/** A secret in the answers of the apps: they may echo what they were sent. */
export const BODY_CANARY = createCanary('body');

/** Whether a text holds any of them: as it is, in any case of letters, in base64 or in hexadecimal. */
export function holdsCanary(text: string): boolean {
  const lower = text.toLowerCase();
  return (
    lower.includes(MARK.toLowerCase()) ||
    lower.includes(hexMark) ||
    base64Marks.some((mark) => text.includes(mark))
  );
}

/** The lines that hold one. */
export function findCanaries(lines: readonly string[]): string[] {
  return lines.filter(holdsCanary);
}

/** @throws Where rehup has printed one. */
export function refuseCanaries(printed: readonly string[]): void {
  const leaks = findCanaries(printed);
  if (leaks.length > 0) throw new Error(`rehup printed a secret:\n${leaks.join('\n')}`);
}
