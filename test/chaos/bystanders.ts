import type { LineProcess } from '../support/line-process.ts';

/** Whatever happens to those who are nobody's app. */
export function watchBystanders(all: ReadonlyMap<string, LineProcess>): () => string[] {
  const ends: string[] = [];
  const awaitEnd = async (name: string, { exited }: LineProcess): Promise<void> => {
    const { code, signal } = await exited;
    ends.push(`${name}, which is nobody's app, ended by ${signal ?? code}`);
  };
  for (const [name, bystander] of all) void awaitEnd(name, bystander);
  return () => [
    ...ends,
    ...[...all].flatMap(([name, { lines }]) =>
      lines.includes('signalled') ? [`${name}, which is nobody's app, was signalled`] : [],
    ),
  ];
}
