import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAbility, pidNamespaces } from '../../../support/abilities.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const { missing, note } = createAbility(
  !pidNamespaces.missing,
  'it takes root and unshare to bind',
);

/** A mount namespace in which the one path is bound to the other, as a container has it. */
function binding(from: string, to: string): string[] {
  const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
  return ['unshare', '--mount', '--propagation=private', '/bin/sh', '-c', script, 'sh', from, to];
}

describe.skipIf(missing)(`what is bound into the container${note}`, () => {
  it('is a file that was replaced by rename: named as that, with what helps', async () => {
    await using dir = await createTempDir();
    const [from, to] = [join(dir.path, 'host.conf'), join(dir.path, 'app.conf')];
    writeFileSync(from, 'one');
    writeFileSync(to, '');
    await using rehup = await startRehup({
      prefix: binding(from, to),
      env: { REHUP_WATCH: to, REHUP_URL: 'http://127.0.0.1:9', REHUP_POLL: '100ms' },
    });
    await rehup.line({ msg: 'watching' });
    // An edit in place is seen through the bind.
    writeFileSync(from, 'two');
    expect((await rehup.line({ msg: 'update seen', changed: ['app.conf'] })).mount).toBe(to);
    writeFileSync(`${from}.new`, 'three');
    renameSync(`${from}.new`, from);
    const problem = await rehup.line({ msg: 'mount cannot be read' });
    expect(problem).toMatchObject({ kind: 'replaced', mount: to });
    expect(problem.reason).toContain('was replaced where it comes from');
    expect(problem.remedy).toContain('mount the directory above it');
  });

  it.for(['itself', 'a file in it'])(
    'is a directory that was removed and made again: %s is watched',
    async (what) => {
      await using dir = await createTempDir();
      const [from, to] = [join(dir.path, 'host'), join(dir.path, 'bound')];
      mkdirSync(from);
      mkdirSync(to);
      writeFileSync(join(from, 'app.conf'), 'one');
      const watch = what === 'itself' ? to : join(to, 'app.conf');
      await using rehup = await startRehup({
        prefix: binding(from, to),
        env: { REHUP_WATCH: watch, REHUP_URL: 'http://127.0.0.1:9', REHUP_POLL: '100ms' },
      });
      await rehup.line({ msg: 'watching' });
      rmSync(from, { recursive: true });
      mkdirSync(from);
      writeFileSync(join(from, 'app.conf'), 'two');
      const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'replaced' });
      expect(problem.mount).toBe(watch);
    },
  );
});
