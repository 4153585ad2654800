import { BUSYBOX_IMAGE } from './image-names.ts';
import { hasStartedWith, type LinePredicate } from './log-line.ts';
import { containerOf, type Container, type ContainerOptions } from './pod-spec.ts';

/** The key of the ConfigMap: as a file, or as an environment variable. */
const KEY = 'greeting';

/** Where the program looks for its file. */
export const STATIC_APP_MOUNT = '/etc/app';

const SCRIPT = `
text=\${${KEY}-$(cat ${STATIC_APP_MOUNT}/${KEY})}
echo "{\\"app\\":\\"started\\",\\"content\\":{\\"${KEY}\\":\\"$text\\"}}"
exec sleep 2147483647
`;

/** A statically linked program that reads its configuration when it starts, and never again. */
export function staticApp(options: ContainerOptions = {}): Container {
  return containerOf(BUSYBOX_IMAGE, { command: ['sh', '-c', SCRIPT], ...options });
}

/** The same, with one file of the ConfigMap mounted by subPath: the kubelet never updates it. */
export function staticAppWithSubPath(): Container {
  return staticApp({
    mounts: { config: `${STATIC_APP_MOUNT}/${KEY}` },
    subPaths: { config: KEY },
  });
}

export function greets(text: string): LinePredicate {
  return hasStartedWith(KEY, text);
}
