import type { Kept, KeptFile } from '../../src/sidecar/publish/kept.ts';

/** Content that was kept, with these files, of mode 0644 if nothing else is given. */
export function buildKept(
  files: Readonly<Record<string, string | Buffer>> = { 'app.json': '{}' },
  more: Partial<Kept> = {},
): Kept {
  return {
    rule: 'default',
    hash: `hash of ${Object.values(files).join()}`,
    mounts: { '/etc/config': 'abc' },
    at: '2026-11-30T12:00:00.000Z',
    by: 'my-app-1-x',
    turn: 1,
    files: Object.entries(files).map(([path, text]) => buildFile(path, text)),
    ...more,
  };
}

function buildFile(path: string, text: string | Buffer): KeptFile {
  return { path, mode: 0o644, bytes: Buffer.from(text as string) };
}
