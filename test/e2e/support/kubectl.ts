import { execa } from 'execa';

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

export interface KubectlOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs kubectl against the cluster which KUBECONFIG points to, and returns what it printed. */
export async function kubectl(
  args: readonly string[],
  { input = '', timeoutMs = 60_000 }: KubectlOptions = {},
): Promise<string> {
  const { stdout } = await execa('kubectl', args, { input, timeout: timeoutMs });
  return stdout;
}

export async function kubectlJson<T>(
  args: readonly string[],
  options?: KubectlOptions,
): Promise<T> {
  return JSON.parse(await kubectl([...args, '--output=json'], options)) as T;
}

/** A GET through the API server; `path` begins with `/api`. */
export function getRaw(path: string): Promise<string> {
  return kubectl(['get', '--raw', path]);
}

/** A GET to a port of a pod, through the API server: pod addresses need not be reachable from here. */
export function getFromPod(pod: PodName, port: number, path: string): Promise<string> {
  return getRaw(`/api/v1/namespaces/${pod.namespace}/pods/http:${pod.name}:${port}/proxy${path}`);
}
