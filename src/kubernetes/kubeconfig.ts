import { type Cluster, KubeConfig } from '@kubernetes/client-node';
import type { RequestOptions } from 'node:https';
import { errorCode, exitCodes, FatalError } from '../system/errors.ts';
import { createKubeClient, type KubeClient } from './client.ts';

/** Where and as whom a command works, as kubectl's options of the same names say. */
export type ClusterOptions = {
  /** A file; otherwise what KUBECONFIG names, `~/.kube/config`, or the service account of a pod. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
  namespace?: string | undefined;
};

export type OpenCluster = {
  client: KubeClient;
  namespace: string;
  /** For what the client does not do: connections into pods. */
  config: KubeConfig;
};

/** A command may have many pods to patch at once. */
const CONNECTIONS = 16;

/**
 * Opens the cluster of a kubeconfig. The official client reads it, runs exec credential plugins and
 * goes through proxies; the requests themselves are made by the one client there is. For commands that
 * run on somebody's machine: never imported by the sidecar.
 */
export function openCluster(options: ClusterOptions): OpenCluster {
  const config = loadConfig(options);
  const cluster = currentCluster(config);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  const access = async (): Promise<RequestOptions> => await credentials(config);
  const client = createKubeClient(
    { server: new URL(cluster.server), options: access },
    CONNECTIONS,
  );
  return { client, namespace: options.namespace ?? namespace ?? 'default', config };
}

function loadConfig({ kubeconfig, context }: ClusterOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw unusable(`the kubeconfig cannot be read: ${explainFile(error)}`, error);
  }
  if (context === undefined) return config;
  const known = (config.contexts ?? []).map(({ name }) => name);
  if (!known.includes(context)) {
    const others = known.length === 0 ? 'none' : known.join(', ');
    throw unusable(`there is no context ${context} in the kubeconfig; there are: ${others}`);
  }
  config.setCurrentContext(context);
  return config;
}

function currentCluster(config: KubeConfig): Cluster {
  const cluster = config.getCurrentCluster();
  // What the official client makes up where it finds no configuration at all.
  const madeUp = cluster?.server === 'http://localhost:8080' && cluster.name === 'cluster';
  if (cluster && !madeUp) return cluster;
  throw unusable('no cluster is configured: there is no kubeconfig, or it has no current context');
}

async function credentials(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
    // Its agent knows the way through a proxy; where there is none, it would only close each connection.
    if (config.getCurrentCluster()?.proxyUrl === undefined) delete options.agent;
  } catch (error) {
    throw unusable(
      `the credentials of the kubeconfig cannot be used: ${explainCredentials(error)}`,
      error,
    );
  }
  return options;
}

/** Its parser quotes the lines around an error, and they hold tokens and keys. */
function explainFile(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined) return code;
  const { mark } = error as { mark?: { line?: unknown; column?: unknown } };
  const { line, column } = mark ?? {};
  const known = typeof line === 'number' && typeof column === 'number';
  return `it is not a kubeconfig${known ? `; see line ${line + 1}, column ${column + 1}` : ''}`;
}

/** What a program said that fetches credentials may hold them. */
function explainCredentials(error: unknown): string {
  if (error instanceof SyntaxError) return 'the program that fetches them printed no JSON';
  return errorCode(error) ?? 'the program or file they come from failed; try kubectl with it';
}

function unusable(reason: string, cause?: unknown): FatalError {
  const remedy = 'name a file with --kubeconfig or KUBECONFIG, and a context of it with --context';
  return new FatalError(`${reason}; ${remedy}`, exitCodes.configuration, { cause });
}
