import { readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Plain } from './errors.ts';

/** A link in a volume leads out of it: whoever writes there would choose what is read, and sent. */
class LedAway extends Plain {
  constructor() {
    super('a link leads out of its volume, and others may have put it there');
  }
}

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/**
 * Refuses a file that was reached by a link from one volume into another. The links of the kubelet
 * stay in their volume, and those of the image are nobody else's; in an emptyDir, another container
 * could have a credential read that is mounted in this one alone, and sent to where it listens.
 *
 * @param opened Where the open file is, as /proc/self/fd tells: a link that is changed meanwhile
 *   does not count.
 * @param mountPoints Of this mount namespace. @throws LedAway
 */
export function requireInVolume(
  path: string,
  opened: string,
  mountPoints: readonly string[],
): void {
  if (opened === path) return;
  if (volumeOf(opened, mountPoints) !== firstVolume(path, mountPoints)) throw new LedAway();
}

/** The volume in which the way to a path meets its first link, or ends. */
function firstVolume(path: string, mountPoints: readonly string[]): string {
  const rest = path.split('/');
  let at = '/';
  for (let links = 0; rest.length > 0 && links <= MOST_LINKS;) {
    const name = rest.shift() ?? '';
    if (name === '' || name === '.') continue;
    const next = name === '..' ? dirname(at) : join(at, name);
    const target = name === '..' ? undefined : readLink(next);
    const volume = volumeOf(next, mountPoints);
    if (target === undefined) {
      at = next;
    } else if (volume === '/') {
      links += 1;
      if (target.startsWith('/')) at = '/';
      rest.unshift(...target.split('/'));
    } else {
      return volume;
    }
  }
  return volumeOf(at, mountPoints);
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function volumeOf(path: string, mountPoints: readonly string[]): string {
  const around = mountPoints.filter((point) => path === point || path.startsWith(`${point}/`));
  return around.toSorted((one, other) => other.length - one.length)[0] ?? '/';
}
