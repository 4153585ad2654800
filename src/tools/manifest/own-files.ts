/** What rehup is made of in its image (Dockerfile). */
export const OWN_FILES = ['/usr/local/bin', '/opt/rehup', '/usr/lib', '/lib', '/lib64'];

/** What the kernel and the runtime have there. */
export const SYSTEM_FILES = ['/proc', '/sys', '/dev'];

/** Whether rehup cannot start, or not see, where a volume is mounted there. */
export function hidesOwnFiles(mountPath: string): boolean {
  const path = mountPath.replace(/\/+$/, '');
  if (SYSTEM_FILES.some((one) => path === one || path.startsWith(`${one}/`))) return true;
  return [...OWN_FILES, ...SYSTEM_FILES].some((one) => one === path || one.startsWith(`${path}/`));
}
