import { describe, expect, it } from 'vitest';
import { parseContainerId } from '../../../../src/system/proc/cgroup.ts';

const ID = 'a0b1c2d3'.repeat(8);
const SANDBOX = 'ffee0011'.repeat(8);

describe('parseContainerId', () => {
  it.each<[string, string, string | undefined]>([
    [
      'v1, cgroupfs driver',
      `12:pids:/kubepods/besteffort/pod0b5c/${ID}\n1:cpu:/kubepods/besteffort/pod0b5c/${ID}\n`,
      ID,
    ],
    [
      'v1, systemd driver',
      `3:cpu:/kubepods.slice/kubepods-pod0b5c_9f.slice/cri-containerd-${ID}.scope\n`,
      ID,
    ],
    ['v2, the own container', '0::/\n', '/'],
    ['v2, another container', `0::/../cri-containerd-${ID}.scope\n`, ID],
    ['v2, another container by its bare ID', `0::/../${ID}\n`, ID],
    ['v2, CRI-O', `0::/../crio-${ID}.scope\n`, ID],
    [
      'v2, a cgroup below the container',
      `0::/../cri-containerd-${ID}.scope/system.slice/app.service\n`,
      ID,
    ],
    [
      'v2, without a private namespace',
      `0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-${ID}.scope\n`,
      ID,
    ],
    ['a container inside of another', `0::/kubepods/${SANDBOX}/docker/${ID}\n`, ID],
    ['v2, other names', '0::/../app-1\n', '/../app-1'],
    ['both versions at once', `4:memory:/kubepods/pod0b5c/${ID}\n0::/\n`, ID],
    ['v1 without any ID', '4:memory:/user.slice\n', undefined],
    ['v2 without a path', '0::\n', undefined],
    ['an empty file', '', undefined],
    ['garbage', '\0\n::\n', undefined],
  ])('%s', (_, text, id) => {
    expect(parseContainerId(text)).toBe(id);
  });
});
