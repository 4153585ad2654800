import { readFileSync } from 'node:fs';
import { parseGateways } from '../../system/proc/gateways.ts';

/** The addresses that the kubelet of this node may have, for its probes. */
export type NodeAddresses = {
  has: (address: string) => boolean;
  /** Told of an address that asked as a kubelet does. */
  learn: (address: string) => void;
};

/** One for each family. The kubelet is there first: it probes from the start of the container on. */
const MOST_LEARNED = 2;

/**
 * The gateways of the pod are its node, with most networks; with the others, whoever probes first is
 * taken for the kubelet. All that comes of a mistake is that somebody has a few connections more.
 */
export function findNodeAddresses(readRoutes: () => string[] = readGateways): NodeAddresses {
  let gateways: Set<string> | undefined;
  const learned = new Set<string>();
  return {
    has: (address) => {
      gateways ??= new Set(readRoutes());
      return gateways.has(address) || learned.has(address);
    },
    learn: (address) => {
      if (learned.size < MOST_LEARNED) learned.add(address);
    },
  };
}

function readGateways(): string[] {
  return parseGateways({ ipv4: readRoute('route'), ipv6: readRoute('ipv6_route') });
}

function readRoute(file: string): string {
  try {
    return readFileSync(`/proc/net/${file}`, 'utf8');
  } catch {
    // gVisor, or no IPv6.
    return '';
  }
}
