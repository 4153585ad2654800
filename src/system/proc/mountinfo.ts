import { toCount } from './count.ts';

/** One line of `/proc/<pid>/mountinfo` (proc_pid_mountinfo(5)), reduced to what tells volumes apart. */
export type MountEntry = {
  /** Of the mount itself. Processes that show the same one are in the same mount namespace. */
  id?: number;
  /** `major:minor` of the file system; unique to each tmpfs. */
  device: string;
  /** What is mounted: a path inside that file system. `//deleted` is appended once it is unlinked. */
  root: string;
  /** Where it is mounted, in the mount namespace of the process. */
  mountPoint: string;
  fsType: string;
  /** Nobody may write through this mount. */
  readOnly?: boolean;
};

/** Reads every well-formed line; others are passed over, as the file may grow fields. */
export function parseMountinfo(text: string): MountEntry[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): MountEntry | undefined {
  // Optional fields (`master:N`, `shared:N`, …) vary in number and end at a lone hyphen.
  const [left, right] = splitOnce(line, ' - ');
  const [number, , device, root, mountPoint, options = ''] = left.split(' ');
  const fsType = right?.split(' ')[0];
  if (!device || !root || !mountPoint || !fsType) return undefined;
  const id = toCount(number);
  return {
    ...(id !== undefined && { id }),
    device,
    root: unescapeOctal(root),
    mountPoint: unescapeOctal(mountPoint),
    fsType,
    readOnly: options.split(',').includes('ro'),
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The kernel writes space, tab, newline and backslash as `\040`, `\011`, `\012`, `\134`. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
}

/** What a kubelet mount says of the pod it belongs to. */
export type KubeletRoot =
  | { kind: 'container'; podUid: string; container: string; instance: string }
  | { kind: 'volume'; podUid: string; plugin: string; volume: string; inner: string }
  | { kind: 'hosts'; podUid: string };

const CONTAINER = /\/pods\/([^/]+)\/containers\/([^/]+)\/([0-9a-f]+)$/;
/** The last match counts: a cluster may itself run in a volume of a pod. */
const VOLUME = /^.*\/pods\/([^/]+)\/volumes\/kubernetes\.io~([^/]+)\/([^/]+)(?:\/(.*))?$/s;
/** Of a pod's directory, where the kubelet mounts volumes and parts of them. */
const PLACE = /\/pods\/[^/]+\/(?:volumes|volume-subpaths)\//;
const HOSTS = /\/pods\/([^/]+)\/etc-hosts$/;

/**
 * The kubelet's own directories show in the root field, with any prefix: the file system may begin
 * anywhere above `pods/`. The container's name comes from its termination log
 * (`kuberuntime_container.go`, `makeMounts`), which is absent where `terminationMessagePath` is empty.
 * Each time a container is started it gets a file of its own: its random name is that of the instance.
 */
export function parseKubeletRoot(root: string): KubeletRoot | undefined {
  const path = root.replace(/\/\/deleted$/, '');
  const container = CONTAINER.exec(path);
  if (container?.[1] && container[2] && container[3]) {
    const [, podUid, name, instance] = container;
    return { kind: 'container', podUid, container: name, instance };
  }
  const hosts = HOSTS.exec(path);
  if (hosts?.[1]) return { kind: 'hosts', podUid: hosts[1] };
  const volume = VOLUME.exec(path);
  if (volume?.[1] && volume[2] && volume[3]) {
    const [, podUid, plugin, name, inner = ''] = volume;
    return { kind: 'volume', podUid, plugin, volume: name, inner };
  }
  return undefined;
}

/** Whether the kubelet mounts here, on the node. A container has its volumes elsewhere. */
export function isKubeletPlace(mountPoint: string): boolean {
  return PLACE.test(mountPoint);
}
