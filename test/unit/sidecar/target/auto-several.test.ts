import { describe, expect, it } from 'vitest';
import type { Resolution, SelectInput } from '../../../../src/sidecar/target/resolution.ts';
import {
  app,
  buildProcess,
  buildSelf,
  configMapMount,
  GO_RUNTIME_SIGNALS,
  type ProcessSpec,
  watch,
} from '../../../support/process-builder.ts';
import { failureOf, pidsOf, selectAmong } from '../../../support/select-scene.ts';

const config = configMapMount('config');
const self = buildSelf({ mounts: [config] });

/** Selects automatically for a change of the ConfigMap that rehup mounts. */
function find(specs: readonly ProcessSpec[], input: Partial<SelectInput> = {}): Resolution {
  return selectAmong(specs, { self, watched: watch(config), ...input });
}

describe('--target auto among several containers', () => {
  it.each([
    ['by its name', { comm: 'config-reloader' }],
    [
      'by its program, where the kernel cut the name off',
      { comm: 'prometheus-conf', argv: ['/bin/prometheus-config-reloader', '--x'] },
    ],
    ['when it is another rehup', { comm: 'rehup', argv: ['rehup'] }],
  ])('passes over a known reloader %s, though Go or a handler takes the signal', (_, reloader) => {
    const found = find([
      app(30, 'app'),
      app(40, 'reloader', { caught: GO_RUNTIME_SIGNALS, ...reloader }),
    ]);
    expect(pidsOf(found)).toEqual([30]);
  });

  it('passes over those that the signal would kill', () => {
    const found = find([
      app(30, 'log-shipper', { caught: ['SIGTERM'] }),
      app(40, 'app'),
      app(50, 'exporter', { caught: [], ignored: ['SIGHUP'] }),
    ]);
    expect(pidsOf(found)).toEqual([40]);
  });

  it('counts a signal that all threads wait for as taken', () => {
    const found = find([
      app(30, 'a', { caught: [] }),
      app(40, 'b', { caught: [], awaited: ['SIGHUP'] }),
    ]);
    expect(pidsOf(found)).toEqual([40]);
  });

  it('cannot tell a Go program without a use for the signal from the app', () => {
    const found = find([app(30, 'app'), app(40, 'exporter', { caught: GO_RUNTIME_SIGNALS })]);
    expect(found).toEqual({
      failure: {
        outcome: 'ambiguous-target',
        check: 'target-ambiguous',
        mayRun: true,
        reason:
          '2 containers mount the volume at /etc/config: app/app (30), exporter/exporter (40)',
        remedy:
          'add to the rehup container: env: [{name: REHUP_TARGET, value: "container:app"}] (or container:exporter)',
        set: { REHUP_TARGET: 'container:app' },
      },
    });
  });

  it('names all when the signal would kill each', () => {
    const found = find([app(30, 'a', { caught: [] }), app(40, 'b', { caught: [] })]);
    const { remedy } = failureOf(found);
    expect(remedy).toContain('container:a');
    expect(remedy).toContain('container:b');
  });

  it('offers names of programs where containers have none', () => {
    const found = find(
      ['a', 'b'].map((id, index) => ({
        pid: 30 + index,
        comm: `app-${id}`,
        containerId: id.repeat(64),
        mounts: [config],
      })),
      { self: { ...self, process: buildProcess({ pid: 20, containerId: 'r'.repeat(64) }) } },
    );
    const { remedy } = failureOf(found);
    expect(remedy).toContain('"name:app-a"');
    expect(remedy).toContain('(or name:app-b)');
  });

  it('does not narrow by handlers where no signal is sent', () => {
    const found = find([app(30, 'a'), app(40, 'b', { caught: [] })], { signal: undefined });
    expect(pidsOf(found)).toBe('ambiguous-target');
  });

  it('takes all of them when told to, but for reloaders', () => {
    const specs = [app(30, 'a'), app(40, 'b'), app(50, 'git', { comm: 'git-sync' })];
    expect(pidsOf(find(specs, { select: 'all' }))).toEqual([30, 40]);
  });

  it('takes the first started of those that take the signal when told to', () => {
    const specs = [
      app(30, 'a', { caught: [], startedMs: 1000 }),
      app(40, 'b', { startedMs: 3000 }),
      app(50, 'c', { startedMs: 2000 }),
    ];
    expect(pidsOf(find(specs, { select: 'oldest' }))).toEqual([50]);
  });

  it('finds nobody where only reloaders mount the volume', () => {
    const found = find([app(40, 'git', { comm: 'git-sync' })]);
    expect(pidsOf(found)).toBe('no-target');
  });
});
