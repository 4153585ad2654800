/** RTF_GATEWAY of route(8). */
const GATEWAY = 0x2;

/** The gateways of all routes, as `/proc/net/route` and `/proc/net/ipv6_route` have them. */
export function parseGateways({ ipv4, ipv6 }: { ipv4: string; ipv6: string }): string[] {
  return [...ipv4.split('\n').flatMap(parseRoute), ...ipv6.split('\n').flatMap(parseIpv6Route)];
}

/** The four bytes are a number in the byte order of the machine: little-endian here. */
function parseRoute(line: string): string[] {
  const [, , gateway = '', flags = ''] = line.trim().split(/\s+/);
  if (!/^[0-9A-F]{8}$/i.test(gateway) || !isGateway(flags)) return [];
  const bytes = gateway.match(/../g) ?? [];
  return [
    bytes
      .toReversed()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.'),
  ];
}

function parseIpv6Route(line: string): string[] {
  const fields = line.trim().split(/\s+/);
  const [gateway = '', flags = ''] = [fields[4], fields[8]];
  if (!/^[0-9a-f]{32}$/i.test(gateway) || !isGateway(flags)) return [];
  const groups = gateway.match(/.{4}/g) ?? [];
  // The URL parser knows the short form.
  return [new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)];
}

function isGateway(flags: string): boolean {
  return (Number.parseInt(flags, 16) & GATEWAY) !== 0;
}
