import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { isInstalled } from '../../support/abilities.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import type { Generation, KubeletVolume, StepName } from '../../support/kubelet-volume.ts';
import { hex, readData, visibleLinks } from './volume-view.ts';

const GENERATIONS: readonly Generation[] = ['G0', 'G2', 'G3'];
const FS_GROUP = 4321;

describe('a reader in the gap between two steps', () => {
  it.each(GENERATIONS)('sees in %s the old content until the rename, then the new', async (gen) => {
    await using volume = await createKubeletVolume({ generation: gen });
    await volume.write({ a: 'old' });
    const seen = new Map<StepName, string>();
    const look = (step: StepName): void => {
      seen.set(step, readFileSync(join(volume.root, 'a'), 'utf8'));
    };
    await volume.write({ a: 'new' }, { between: look });
    const steps = [...seen.keys()];
    const swapped = steps.indexOf('rename-data-tmp');
    expect([...seen.values()]).toEqual(steps.map((_, at) => (at < swapped ? 'old' : 'new')));
  });

  it('finds in G0 on the first write a link whose target is not there yet', async () => {
    await using volume = await createKubeletVolume({ generation: 'G0' });
    const atLinks = await lookAfter('create-links', volume, { a: '1' });
    expect(atLinks).toEqual({ links: ['a'], hasTarget: false });
  });

  it.each(['G2', 'G3'] as const)('misses in %s the link of a new key at the swap', async (gen) => {
    await using volume = await createKubeletVolume({ generation: gen });
    await volume.write({ old: '1' });
    const atSwap = await lookAfter('rename-data-tmp', volume, { a: '1' });
    expect(atSwap).toEqual({ links: ['old'], hasTarget: true });
    expect(Object.keys(visibleLinks(volume.root))).toEqual(['a']);
  });

  it('waits with the write for an asynchronous look, and can hold it for good', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: 'old' });
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const write = volume.write(
      { a: 'new' },
      {
        between: (step) => {
          if (step !== 'link-data-tmp') return undefined;
          reached.resolve();
          return held.promise;
        },
      },
    );
    await reached.promise;
    expect(readData(volume.root)).toEqual({ a: hex('old') });
    held.resolve();
    expect(await write).toBe(true);
    expect(readData(volume.root)).toEqual({ a: hex('new') });
  });

  it('that fails does not tear the volume down', async () => {
    await using volume = await createKubeletVolume();
    const failure = new Error('assertion of a test');
    const between = (): never => {
      throw failure;
    };
    await expect(volume.write({ a: '1' }, { between })).rejects.toBe(failure);
    expect(existsSync(volume.root)).toBe(true);
  });

  const reason = reasonAgainstOtherUser();
  it.skipIf(reason !== '')(
    `is refused in G0 with mode 0400 from the swap until fsGroup is applied${reason}`,
    async () => {
      await using volume = await createKubeletVolume({
        generation: 'G0',
        fsGroup: FS_GROUP,
        defaultMode: 0o400,
      });
      await volume.write({ a: 'old' });
      const seen = new Map<StepName, string>();
      const look = async (step: StepName): Promise<void> => {
        seen.set(step, await readAsGroupMember(join(volume.root, 'a')));
      };
      await volume.write({ a: 'new' }, { between: look });
      expect(Object.fromEntries(seen)).toMatchObject({
        'link-data-tmp': 'old',
        'rename-data-tmp': 'EACCES',
        'remove-old-ts-dir': 'EACCES',
        'set-permissions': 'new',
      });
    },
  );

  it.skipIf(reason !== '')(
    `is never refused in G3, where fsGroup is applied before the swap${reason}`,
    async () => {
      await using volume = await createKubeletVolume({ fsGroup: FS_GROUP, defaultMode: 0o400 });
      await volume.write({ a: 'old' });
      const seen = new Set<string>();
      const look = async (): Promise<void> => {
        seen.add(await readAsGroupMember(join(volume.root, 'a')));
      };
      await volume.write({ a: 'new' }, { between: look });
      expect([...seen]).toEqual(['old', 'new']);
    },
  );
});

/** What is in the root right after a step, and whether the new key can be read through ..data. */
async function lookAfter(
  step: StepName,
  volume: KubeletVolume,
  payload: Readonly<Record<'a', string>>,
): Promise<{ links: string[]; hasTarget: boolean } | undefined> {
  let look: { links: string[]; hasTarget: boolean } | undefined;
  await volume.write(payload, {
    between: (current) => {
      if (current !== step) return;
      look = {
        links: Object.keys(visibleLinks(volume.root)),
        hasTarget: existsSync(join(volume.root, '..data', 'a')),
      };
    },
  });
  return look;
}

function reasonAgainstOtherUser(): string {
  if (process.getuid?.() !== 0) return ' (skipped: only root can read as another user)';
  if (!isInstalled('setpriv')) return ' (skipped: setpriv is not installed)';
  return '';
}

/** Reads as a user who can see the file by its group only, like a container under fsGroup. */
async function readAsGroupMember(file: string): Promise<string> {
  const user = ['--reuid', '65534', '--regid', '65534', '--groups', String(FS_GROUP)];
  try {
    return (await execa('setpriv', [...user, 'cat', file], { stripFinalNewline: false })).stdout;
  } catch (error) {
    if (String(error).includes('Permission denied')) return 'EACCES';
    throw error;
  }
}
