import { describe, expect, it } from 'vitest';
import type { MountEntry } from '../../../../src/system/proc/mountinfo.ts';
import { selectTargets } from '../../../../src/sidecar/target/select.ts';
import { isBeingMade } from '../../../../src/sidecar/target/self.ts';
import {
  app,
  buildProcess,
  buildSelf,
  configMapMount,
  GO_RUNTIME_SIGNALS,
  pause,
} from '../../../support/process-builder.ts';

const proc: MountEntry = { device: '0:4', root: '/', mountPoint: '/proc', fsType: 'proc' };
const mounts = [proc, configMapMount('config')];

/** What runc calls itself before it becomes the process of the container; it takes every signal. */
function stage(comm: string, container?: string): Parameters<typeof buildProcess>[0] {
  return { pid: 40, comm, mounts, caught: GO_RUNTIME_SIGNALS, ...(container && { container }) };
}

describe('a process that a runtime is making', () => {
  it.each([
    { what: 'runc, before its first fork', spec: stage('runc:[0:PARENT]'), made: true },
    { what: 'runc, in the container already', spec: stage('runc:[2:INIT]', 'app'), made: true },
    { what: 'youki', spec: stage('youki:[2:INIT]', 'app'), made: true },
    { what: 'a process with the mounts of the node', spec: stage('node'), made: true },
    { what: 'an app', spec: stage('nginx', 'app'), made: false },
    { what: 'an app with a name like it', spec: stage('runc-webhook', 'app'), made: false },
    { what: 'one whose mounts nobody may see', spec: { pid: 40, comm: 'nginx' }, made: false },
  ])('$what: $made', ({ spec, made }) => {
    expect(isBeingMade(buildProcess(spec), buildSelf())).toBe(made);
  });

  it('is not the app, whoever looks for it', () => {
    const server = buildProcess(app(30, 'web', { comm: 'server' }));
    const made = buildProcess(stage('runc:[2:INIT]', 'other'));
    const input = {
      select: 'one',
      signal: 1,
      self: buildSelf(),
      processes: [pause, buildSelf().process, made, server],
      watched: [{ path: '/etc/config', volume: undefined }],
    } as const;
    expect(selectTargets({ ...input, spec: { by: 'container', name: 'other' } })).toMatchObject({
      failure: { outcome: 'no-target' },
    });
    expect(selectTargets({ ...input, spec: { by: 'container', name: 'web' } })).toEqual({
      targets: [server],
    });
  });
});
