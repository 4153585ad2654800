import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Problem } from './problem.ts';
import { parsePem, type PemBlock } from './pem-blocks.ts';
import { checkText } from './text.ts';

/** Every block must be well-formed, and hold what its label says as far as that can be read. */
export const checkPem = checkText((text) => {
  const blocks = parsePem(text);
  return Array.isArray(blocks) ? findUnreadable(blocks) : blocks;
});

export function findUnreadable(blocks: readonly PemBlock[]): Problem | undefined {
  for (const block of blocks) {
    const what = findFault(block);
    if (what !== undefined)
      return { line: block.line, reason: `holds ${what} that cannot be read` };
  }
  return undefined;
}

function findFault(block: PemBlock): string | undefined {
  if (isCertificate(block)) return readCertificate(block) ? undefined : 'a certificate';
  if (isPrivateKey(block)) return readPrivateKey(block) ? undefined : 'a private key';
  if (block.label.endsWith('PUBLIC KEY')) {
    return attempt(() => createPublicKey(block.text)) ? undefined : 'a public key';
  }
  return undefined;
}

export function isCertificate({ label }: PemBlock): boolean {
  return label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE';
}

/** One that can be read without a passphrase. OpenSSH's own format is not OpenSSL's to read. */
export function isPrivateKey({ label, encrypted }: PemBlock): boolean {
  return label.endsWith('PRIVATE KEY') && !label.startsWith('OPENSSH') && !encrypted;
}

export function readCertificate({ text }: PemBlock): X509Certificate | undefined {
  return attempt(() => new X509Certificate(text));
}

export function readPrivateKey({ text }: PemBlock): KeyObject | undefined {
  return attempt(() => createPrivateKey(text));
}

/** OpenSSL's reasons tell its users nothing, and may tell others something. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
