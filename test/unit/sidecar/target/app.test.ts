import { describe, expect, it } from 'vitest';
import { appOf } from '../../../../src/sidecar/target/app.ts';
import { buildProcess } from '../../../support/process-builder.ts';

describe('the app of a container', () => {
  it.each(['tini', 'tini-static', 'docker-init', 'dumb-init', 'catatonit'])(
    'is the child of %s, the one that started first',
    (comm) => {
      const init = buildProcess({ pid: 30, comm, container: 'app' });
      const child = buildProcess({ pid: 36, ppid: 30, container: 'app', startedMs: 500_000 });
      const later = buildProcess({ pid: 32, ppid: 30, container: 'app', startedMs: 600_000 });
      const grandchild = buildProcess({ pid: 31, ppid: 36, container: 'app' });
      expect(appOf([init, later, grandchild, child])).toBe(child);
      expect(appOf([init])).toBe(init);
    },
  );

  it.each(['sh', 'bash', 'tinidb'])('is %s itself, which is no init wrapper', (comm) => {
    const shell = buildProcess({ pid: 30, comm, container: 'app' });
    expect(appOf([shell, buildProcess({ pid: 31, ppid: 30, container: 'app' })])).toBe(shell);
  });
});
