import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseContainerId } from '../../src/system/proc/cgroup.ts';
import { parseListeners } from '../../src/system/proc/listeners.ts';
import { parseKubeletRoot, parseMountinfo } from '../../src/system/proc/mountinfo.ts';
import { parseStat } from '../../src/system/proc/stat.ts';
import { parseStatus } from '../../src/system/proc/status.ts';
import { cgroups, kubeletRoots, mountinfos, sockets, stats, statuses } from './samples/proc.ts';
import { expectId } from './support/expect-id.ts';
import { fuzz } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

/** `PID_MAX_LIMIT` is 2^22; the parser need not know that, but no pid is larger than an integer. */
const LARGEST_PID = Number.MAX_SAFE_INTEGER;
const LARGEST_UID = 2 ** 32 - 1;

describe('of whatever stands in a file of /proc', () => {
  it('mountinfo becomes whole entries, each from a line of its own', () => {
    const junk = [
      ' - ',
      ' ',
      String.raw`\040`,
      String.raw`\777`,
      String.raw`\04`,
      '//deleted',
      ' - - ',
    ];
    fuzz(anyText(mountinfos, junk), (text) => {
      const entries = parseMountinfo(text);
      for (const entry of entries) {
        expect(Object.values(entry).every((field) => field !== '')).toBe(true);
        const { id: _, readOnly: __, ...rest } = entry;
        expect(Object.keys(rest)).toEqual(['device', 'root', 'mountPoint', 'fsType']);
      }
      expect(text.split('\n').flatMap((line) => parseMountinfo(line))).toEqual(entries);
    });
  });

  it('the root of a mount becomes names without a slash, or nothing', () => {
    const junk = [
      '/pods/',
      '/volumes/kubernetes.io~',
      '/containers/',
      '/etc-hosts',
      '//deleted',
      '/',
    ];
    fuzz(anyText(kubeletRoots, junk), (root) => {
      const { kind, ...names } = parseKubeletRoot(root) ?? { kind: 'none' };
      const { inner: _, ...plain } = { inner: '', ...names };
      expect(['none', 'container', 'volume', 'hosts']).toContain(kind);
      expect(Object.values(plain).every((name) => /^[^/]+$/.test(name))).toBe(true);
    });
  });

  it('stat becomes a process with a pid, a parent and a start time, or nothing', () => {
    fuzz(anyText(stats, ['(', ')', ') (', ') S ', ' S 0 ', '(x)']), (text) => {
      const stat = parseStat(text);
      if (stat === undefined) return;
      expectId(stat.pid, 1, LARGEST_PID);
      expectId(stat.ppid, 0, LARGEST_PID);
      expectId(stat.startedMs, 0, Number.MAX_SAFE_INTEGER);
      expect(stat.state).toMatch(/^[A-Za-z]$/);
      expect(text).toContain(`(${stat.comm})`);
    });
  });

  it('status becomes ids and sets of signals, or nothing', () => {
    const junk = ['\nUid:\t', '\nGid:\t', '\nSigCgt:\t', 'Uid:', '0000', 'ffff', '\t\t', ':\n'];
    fuzz(anyText(statuses, junk), (text) => {
      const status = parseStatus(text);
      if (status === undefined) return;
      for (const id of [...Object.values(status.uid ?? {}), status.gid ?? 0]) {
        expectId(id, 0, LARGEST_UID);
      }
      const { signals, capabilities, bounding } = status;
      for (const mask of [...Object.values(signals), capabilities, bounding]) {
        expect((mask ?? 0n) >= 0n).toBe(true);
      }
    });
  });

  it('status takes each field from its own line', () => {
    fuzz(anyText(statuses, ['\nUid:\t', '\nUid:', ':\n', '\t']), (text) => {
      const { uid } = parseStatus(text) ?? {};
      if (uid === undefined) return;
      const line = text.split('\n').find((one) => one.startsWith('Uid:')) ?? '';
      expect(line).toContain(String(uid.effective));
    });
  });

  it('cgroup becomes an id of 64 digits, a path, or nothing', () => {
    fuzz(anyText(cgroups, ['0::', '\n0::/', 'f'.repeat(64), 'f'.repeat(63), '/..']), (text) => {
      const id = parseContainerId(text);
      if (id === undefined) return;
      expect(id).toMatch(/^(?:[0-9a-f]{64}|\/.*)$/);
      expect(text).toContain(id);
    });
  });

  it('the tables of sockets become addresses and ports', () => {
    fuzz(anyText(sockets, [':0050', ' 0A ', 'FFFFFFFF', '\n   3: ', ':']), (text) => {
      for (const { address, port } of parseListeners(text)) {
        expect(isIP(address)).not.toBe(0);
        expectId(port, 0, 65_535);
      }
    });
  });
});
