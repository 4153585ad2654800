import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Authority, createAuthority } from '../../../support/certificates.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { type Rehup, startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const MANIFEST = new URL('../../../../examples/publish-trust/manifest.yaml', import.meta.url);

type Object = { metadata: { name: string }; data?: Record<string, string> };

/** The program as the example has it. */
function readProgram(): string {
  const objects = parseAllDocuments(readFileSync(MANIFEST, 'utf8')).map(
    (document) => document.toJS() as Object,
  );
  const found = objects.find(({ metadata }) => metadata.name === 'publish-trust-overlap');
  return found?.data?.['overlap.mjs'] ?? '';
}

async function secretOf(authority: Authority): Promise<Record<string, string>> {
  const { pem } = await authority.issue('server');
  const ca = readFileSync(authority.caFile, 'utf8');
  return { 'tls.crt': pem.cert, 'tls.key': pem.key, 'ca.crt': ca };
}

describe('the example of a CA that is replaced', () => {
  it('lets the earlier one be trusted on for its time, and no longer', async () => {
    await using volume = await createKubeletVolume();
    await using dir = await createTempDir();
    await using first = await createAuthority('first');
    await using second = await createAuthority('second');
    await using third = await createAuthority('third');
    const program = join(dir.path, 'overlap.mjs');
    writeFileSync(program, readProgram());
    const published = join(dir.path, 'published');
    const start = async (days: string): Promise<Rehup> =>
      await startRehup({
        env: {
          REHUP_ACTION: 'none',
          REHUP_TARGET: 'name:nobody-has-this-name',
          REHUP_WATCH: volume.root,
          REHUP_PUBLISH: published,
          REHUP_RENDER: JSON.stringify([process.execPath, program]),
          REHUP_VALIDATE: 'tls.crt=certificate,ca.crt=pem',
          REHUP_REQUIRE_KEYS: 'tls.crt,tls.key,ca.crt',
          OVERLAP_DAYS: days,
        },
      });
    const bundle = join(published, 'ca.crt');
    const isTrusted = async (authority: Authority): Promise<boolean> => {
      const { certFile } = await authority.issue('client');
      return spawnSync('openssl', ['verify', '-CAfile', bundle, certFile]).status === 0;
    };
    const trusted = async (): Promise<boolean[]> => [
      await isTrusted(first),
      await isTrusted(second),
      await isTrusted(third),
    ];

    await volume.write(await secretOf(first));
    {
      await using rehup = await start('7');
      await rehup.line({ msg: 'published' });
      expect(await trusted()).toEqual([true, false, false]);

      const next = await secretOf(second);
      await volume.write(next);
      await rehup.line({ msg: 'published', changed: ['ca.crt', 'tls.crt', 'tls.key'] });
      expect(await trusted()).toEqual([true, true, false]);

      // A pair that does not fit is held, and what is trusted stays.
      const { 'tls.key': otherKey = '' } = await secretOf(second);
      await volume.write({ ...next, 'tls.key': otherKey });
      await rehup.line({ msg: 'held', changed: ['tls.key'] });
      await volume.write({ ...next, 'ca.crt': 'nothing' });
      await rehup.line({ msg: 'held', changed: ['ca.crt'] });
      expect(await trusted()).toEqual([true, true, false]);

      // The renewal of the certificate alone adds nothing, and ends nothing.
      await volume.write(await secretOf(second));
      await rehup.line({ msg: 'published', changed: ['tls.crt', 'tls.key'] });
      expect(await trusted()).toEqual([true, true, false]);
      await rehup.stop();
    }

    // Its time is over: as it is written in the bundle, so that a restart does not begin it anew.
    const stated = execFileSync('cat', [bundle], { encoding: 'utf8' });
    expect(stated.match(/^# until \S+$/gm)).toHaveLength(1);
    const [until = ''] = /(?<=^# until )\S+$/m.exec(stated) ?? [];
    const inDays = (Date.parse(until) - Date.now()) / 86_400_000;
    expect(Math.round(inDays)).toBe(7);
    writeFileSync(bundle, stated.replace(until, '2020-01-01T00:00:00.000Z'));
    await using rehup = await start('7');
    await rehup.line({ msg: 'watching' });
    await volume.write(await secretOf(third));
    await rehup.line({ msg: 'published', changed: ['ca.crt', 'tls.crt', 'tls.key'] });
    expect(await trusted()).toEqual([false, true, true]);
  });
});
