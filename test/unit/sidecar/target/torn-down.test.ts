import { describe, expect, it } from 'vitest';
import { findTornDown } from '../../../../src/sidecar/target/torn-down.ts';
import {
  app,
  buildProcess,
  bySubPath,
  configMapMount,
  watch,
} from '../../../support/process-builder.ts';

const config = configMapMount('config');
const tls = configMapMount('tls');
const gone = { ...tls, root: `${tls.root}//deleted` };

describe('a target that has lost a volume', () => {
  it.each([
    { what: 'that is watched', mounts: [config, gone], lost: true },
    { what: 'under another path', mounts: [config, { ...gone, mountPoint: '/tls' }], lost: true },
    {
      what: 'that nobody watches',
      mounts: [config, { ...gone, root: '/x//deleted' }],
      lost: false,
    },
    {
      what: 'of which it has a stale key',
      mounts: [bySubPath(tls, 'a', { outdated: true })],
      lost: false,
    },
    { what: 'in no way', mounts: [config, tls], lost: false },
  ])('$what: $lost', ({ mounts, lost }) => {
    const target = buildProcess(app(30, 'web', { mounts }));
    expect(findTornDown([target], watch(config, tls)) !== undefined).toBe(lost);
  });

  it('is told, with the volume and what to do', () => {
    const target = buildProcess(app(30, 'web', { mounts: [gone] }));
    expect(findTornDown([target], watch(tls))).toMatchObject({
      outcome: 'not-ready',
      reason: expect.stringContaining(
        'the volume at /etc/tls and set it up again, which web/web (30)',
      ),
      remedy: 'replace the pod: kubectl delete pod <pod>',
    });
  });
});
