import { endianness } from 'node:os';

/** A TCP socket that listens, as `/proc/net/tcp` and `/proc/net/tcp6` have it (proc_net(5)). */
export type ListeningSocket = { address: string; port: number; inode?: string };

/** TCP_LISTEN in the column `st`. */
const LISTEN = '0A';

/** Each four bytes of an address are a number in the byte order of the machine. */
export function parseListeners(text: string, order = endianness()): ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const [, hex, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local) ?? [];
    if (state !== LISTEN || hex === undefined || port === undefined) return [];
    const inode = fields[9];
    return [
      {
        address: toAddress(hex, order),
        port: Number.parseInt(port, 16),
        ...(inode !== undefined && { inode }),
      },
    ];
  });
}

function toAddress(hex: string, order: 'BE' | 'LE'): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    order === 'LE' ? toBytes(word).toReversed() : toBytes(word),
  );
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  // The URL parser knows the short form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function toBytes(word: string): number[] {
  return (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}
