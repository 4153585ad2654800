import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KubeletRoot,
  parseKubeletRoot,
  parseMountinfo,
} from '../../../../src/system/proc/mountinfo.ts';

const UID = '0b5c9f5e-5d0f-4c6e-9d0c-0b8f1f6a7d11';

describe('parseMountinfo', () => {
  it.each([
    {
      name: 'no optional field',
      line: '36 35 98:0 /root /mnt rw,noatime - ext3 /dev/root rw,errors=continue',
      entry: { device: '98:0', root: '/root', mountPoint: '/mnt', fsType: 'ext3' },
    },
    {
      name: 'one optional field',
      line: '22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw',
      entry: { device: '0:21', root: '/', mountPoint: '/proc', fsType: 'proc' },
    },
    {
      name: 'three optional fields, one without a value',
      line: '36 35 0:57 / /etc/tls ro master:1 propagate_from:2 unbindable - tmpfs tmpfs rw,size=8k',
      entry: { device: '0:57', root: '/', mountPoint: '/etc/tls', fsType: 'tmpfs' },
    },
    {
      name: 'an empty source',
      line: '36 35 0:57 / /etc/tls ro - tmpfs  rw',
      entry: { device: '0:57', root: '/', mountPoint: '/etc/tls', fsType: 'tmpfs' },
    },
    {
      name: 'escaped space, tab, newline and backslash',
      line: String.raw`36 35 8:1 /a\040b /c\011d\012e\134f rw - ext4 /dev/sda rw`,
      entry: { device: '8:1', root: '/a b', mountPoint: '/c\td\ne\\f', fsType: 'ext4' },
    },
    {
      name: 'a backslash before digits that is no escape of them',
      line: String.raw`36 35 8:1 /a\134040b /c rw - ext4 /dev/sda rw`,
      entry: { device: '8:1', root: String.raw`/a\040b`, mountPoint: '/c', fsType: 'ext4' },
    },
    {
      name: 'a path that looks like the separator',
      line: String.raw`36 35 8:1 /a\040-\040b /-/- rw - ext4 /dev/sda rw`,
      entry: { device: '8:1', root: '/a - b', mountPoint: '/-/-', fsType: 'ext4' },
    },
    {
      name: 'a root that was unlinked',
      line: `36 35 8:1 /pods/${UID}/volumes/x/cfg//deleted /etc/app ro - ext4 /dev/sda rw`,
      entry: {
        device: '8:1',
        root: `/pods/${UID}/volumes/x/cfg//deleted`,
        mountPoint: '/etc/app',
        fsType: 'ext4',
      },
    },
    {
      name: 'a root that is no path, as namespaces have',
      line: '43 42 0:4 net:[4026532177] /run/netns/one rw shared:2 - nsfs nsfs rw',
      entry: {
        device: '0:4',
        root: 'net:[4026532177]',
        mountPoint: '/run/netns/one',
        fsType: 'nsfs',
      },
    },
  ])('reads a line with $name', ({ line, entry }) => {
    const id = Number(line.slice(0, 2));
    const readOnly = / ro /.test(line);
    expect(parseMountinfo(`${line}\n`)).toEqual([{ id, ...entry, readOnly }]);
  });

  it.each([
    '',
    '\n',
    ' - ',
    '36 35 98:0 /root',
    '36 35 98:0 /root /mnt rw ext3',
    '1 2 3:4 / /x rw -',
  ])('passes over the line %j', (line) => {
    expect(parseMountinfo(line)).toEqual([]);
  });

  it('reads back any well-formed table, whatever its paths hold', () => {
    fc.assert(
      fc.property(fc.array(mountLine, { maxLength: 5 }), (lines) => {
        const text = lines.map(({ line }) => `${line}\n`).join('');
        expect(parseMountinfo(text)).toEqual(lines.map(({ entry }) => entry));
      }),
    );
  });

  it('throws at no text, and lets no garbage hide the lines around it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), mountLine, (garbage, { line, entry }) => {
        expect(parseMountinfo(`${garbage}\n${line}\n${garbage}`)).toContainEqual(entry);
      }),
    );
  });
});

const anyPath = fc
  .string({
    unit: fc.oneof(fc.constantFrom(...' \t\n\\-/.#047é'.split('')), fc.string({ unit: 'binary' })),
  })
  .map((path) => `/${path}`);

const optionalFields = fc.array(
  fc.oneof(
    fc.constantFrom('unbindable'),
    fc
      .tuple(fc.constantFrom('shared', 'master', 'propagate_from'), fc.nat())
      .map(([tag, peer]) => `${tag}:${peer}`),
  ),
  { maxLength: 3 },
);

const mountLine = fc
  .record({
    device: fc.tuple(fc.nat(4095), fc.nat(1_048_575)).map(([major, minor]) => `${major}:${minor}`),
    root: anyPath,
    mountPoint: anyPath,
    fsType: fc.constantFrom('ext4', 'tmpfs', 'overlay', 'fuse.sshfs'),
    optional: optionalFields,
  })
  .map(({ optional, ...entry }) => {
    const left = ['36', '35', entry.device, escape(entry.root), escape(entry.mountPoint), 'rw'];
    return {
      entry: { id: 36, ...entry, readOnly: false },
      line: [...left, ...optional, '-', entry.fsType, 'none', 'rw'].join(' '),
    };
  });

/** What the kernel does to a path (`seq_path_root`, with the characters of `mangle`). */
function escape(path: string): string {
  return path.replaceAll(
    /[ \t\n\\#]/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

describe('parseKubeletRoot', () => {
  const configMap = (rest: Partial<KubeletRoot> = {}): object => ({
    kind: 'volume',
    podUid: UID,
    plugin: 'configmap',
    volume: 'cfg',
    inner: '',
    ...rest,
  });

  it.each<[string, object | undefined]>([
    [
      `/var/lib/kubelet/pods/${UID}/containers/nginx/5a1b2c3d`,
      { kind: 'container', podUid: UID, container: 'nginx', instance: '5a1b2c3d' },
    ],
    [`/var/lib/kubelet/pods/${UID}/etc-hosts`, { kind: 'hosts', podUid: UID }],
    [`/var/lib/kubelet/pods/${UID}/volumes/kubernetes.io~configmap/cfg`, configMap()],
    [`/pods/${UID}/volumes/kubernetes.io~configmap/cfg`, configMap()],
    [`/data/k3s/agent root/pods/${UID}/volumes/kubernetes.io~configmap/cfg`, configMap()],
    [`/pods/${UID}/volumes/kubernetes.io~configmap/cfg//deleted`, configMap()],
    [
      `/pods/${UID}/volumes/kubernetes.io~configmap/cfg/..2026_11_09_08_07_06.1/a/b//deleted`,
      configMap({ inner: '..2026_11_09_08_07_06.1/a/b' }),
    ],
    [
      `/pods/${UID}/volumes/kubernetes.io~downward-api/labels`,
      configMap({ plugin: 'downward-api', volume: 'labels' }),
    ],
    [`/pods/${UID}/volumes/kubernetes.io~configmap`, undefined],
    [`/pods/${UID}/volumes/example.com~csi/cfg`, undefined],
    [`/pods/${UID}/containers/nginx`, undefined],
    [`/pods/${UID}/plugins/kubernetes.io~empty-dir/wrapped_cfg/ready`, undefined],
    ['/', undefined],
    ['', undefined],
  ])('takes %j apart', (root, parsed) => {
    expect(parseKubeletRoot(root)).toEqual(parsed);
  });

  it('sees the inner pod where a cluster runs in a volume of another pod', () => {
    const outer = '/var/lib/kubelet/pods/outer/volumes/kubernetes.io~empty-dir/docker/_data';
    const root = `${outer}/pods/${UID}/volumes/kubernetes.io~configmap/cfg`;
    expect(parseKubeletRoot(root)).toEqual(configMap());
    expect(parseKubeletRoot(`${outer}/pods/${UID}/etc-hosts`)).toEqual({
      kind: 'hosts',
      podUid: UID,
    });
  });

  it('throws at no text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('/', 'pods', 'volumes', 'kubernetes.io~', 'x', '//deleted')),
        (parts) => {
          const parsed = parseKubeletRoot(parts.join(''));
          expect(['undefined', 'object']).toContain(typeof parsed);
        },
      ),
    );
  });
});
