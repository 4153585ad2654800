import { InvalidValue } from '../../config/parse.ts';

/** `1.28`, `v1.28.3`, `1.28+`: returns the minor version. */
export function parseKubernetesVersion(raw: string): number {
  const [, minor] = /^v?1\.(\d+)(?:\D.*)?$/.exec(raw.trim()) ?? [];
  if (minor === undefined) throw new InvalidValue('is not a version of Kubernetes; write 1.28');
  return Number(minor);
}
