// One version, wherever it stands: a release changes them all, and forgets none.
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createTempDir } from '../support/temp-dir.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

const files = ['README.md', 'docs/*.md', 'examples/**/*.{md,yaml,tpl}', 'action.yml']
  .flatMap((glob) => globSync(glob, { cwd: root }))
  .toSorted();

/** Where somebody would be sent to something that there is not. */
const NAMED = [
  /ghcr\.io\/rehup\/(?:charts\/)?rehup:(\d+\.\d+\.\d+)/g,
  /rehup\/rehup@v(\d+\.\d+\.\d+)/g,
  /\/\/examples\/kustomize\/[\w-]+\?ref=v(\d+\.\d+\.\d+)/g,
  /newTag: (\d+\.\d+\.\d+)/g,
  /refs\/tags\/v(\d+\.\d+\.\d+)/g,
  /rehup-(\d+\.\d+\.\d+)(?:-[a-z]|\.tgz)/g,
];

it.each(files)('%s names the version of rehup, and no other', (file) => {
  const text = read(file);
  const named = NAMED.flatMap((pattern) => [...text.matchAll(pattern)].map(([, one]) => one));
  expect(named.filter((one) => one !== version)).toEqual([]);
});

async function notesOf(
  changelog: string,
): Promise<{ exitCode?: number; stdout: string; stderr: string }> {
  await using directory = await createTempDir();
  const file = join(directory.path, 'CHANGELOG.md');
  await writeFile(file, changelog);
  const script = join(root, 'scripts/release-notes.sh');
  return await execa('bash', [script, '0.2.0'], { env: { CHANGELOG: file }, reject: false });
}

describe('the notes of a release', () => {
  it('are the section of that version', async () => {
    const text =
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n- New.\n\n## 0.1.0 - 2026-11-30\n\n- Old.\n';
    expect(await notesOf(text)).toMatchObject({ exitCode: 0, stdout: '- New.' });
  });

  it.each([
    ['## Unreleased\n\n- More.\n\n## 0.2.0 - 2026-12-01\n\n- New.\n', 'under Unreleased'],
    ['## 0.2.0 - pending\n\n- New.\n', 'there is no heading ## 0.2.0 - YYYY-MM-DD'],
    ['## 0.1.0 - 2026-12-01\n\n- Old.\n', 'there is no heading ## 0.2.0'],
  ])('are refused where the changelog is not ready: %j', async (text, reason) => {
    const { exitCode, stderr } = await notesOf(text);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(reason);
  });
});
