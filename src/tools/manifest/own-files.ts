/** What rehup is made of in its image (Dockerfile). */
const OWN = ['/usr/local/bin', '/opt/rehup', '/usr/lib', '/lib', '/lib64'];

/** What the kernel and the runtime have there. */
const SYSTEM = ['/proc', '/sys', '/dev'];

/** Whether rehup cannot start, or not see, where a volume is mounted there. */
export function hidesOwnFiles(mountPath: string): boolean {
  const path = mountPath.replace(/\/+$/, '');
  if (SYSTEM.some((one) => path === one || path.startsWith(`${one}/`))) return true;
  return [...OWN, ...SYSTEM].some((one) => one === path || one.startsWith(`${path}/`));
}
