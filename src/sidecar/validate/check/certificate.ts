import type { X509Certificate } from 'node:crypto';
import type { CheckInput, Problem } from './problem.ts';
import {
  findUnreadable,
  isCertificate,
  isPrivateKey,
  readCertificate,
  readPrivateKey,
} from './pem.ts';
import { parsePem } from './pem-blocks.ts';
import { checkText } from './text.ts';

/**
 * The first certificate is the app's own: it must be in force, and the private key must fit. The
 * others (the chain) must only be readable: an expired one among them may be there on purpose.
 */
export const checkCertificate = checkText((text, input) => {
  const blocks = parsePem(text);
  if (!Array.isArray(blocks)) return blocks;
  const unreadable = findUnreadable(blocks);
  if (unreadable) return unreadable;
  const own = blocks.find(isCertificate);
  const certificate = own && readCertificate(own);
  if (own === undefined || certificate === undefined) return { reason: 'holds no certificate' };
  const { line } = own;
  const problem = checkDates(certificate, input.nowMs) ?? checkKey(certificate, text, input);
  return problem && { line, ...problem };
});

function checkDates(
  { validFromDate, validToDate }: X509Certificate,
  nowMs: number,
): Problem | undefined {
  if (nowMs > validToDate.getTime()) {
    return { reason: `the certificate expired at ${toTime(validToDate)}` };
  }
  if (nowMs < validFromDate.getTime()) {
    return { reason: `the certificate is not valid before ${toTime(validFromDate)}` };
  }
  return undefined;
}

function toTime(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** The key named by the user; else the one in the same file, or beside it by its name. */
function checkKey(
  certificate: X509Certificate,
  text: string,
  input: CheckInput,
): Problem | undefined {
  const { key, privateKey, readOther } = input;
  if (privateKey !== undefined) {
    const named = readOther(privateKey);
    if (named === undefined) return { reason: `its private key ${privateKey} is not there` };
    return fits(certificate, named.toString(), privateKey);
  }
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return fits(certificate, text, key);
  const beside = /\.(?:crt|cert|cer|pem)$/.test(key) && key.replace(/\.[^.]+$/, '.key');
  const found = beside ? readOther(beside) : undefined;
  return beside && found ? fits(certificate, found.toString(), beside) : undefined;
}

function fits(certificate: X509Certificate, text: string, where: string): Problem | undefined {
  const blocks = parsePem(text);
  const keys = Array.isArray(blocks)
    ? blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
    : [];
  const [block] = keys;
  if (block === undefined) return { reason: `${where} holds no private key in PEM form` };
  // A key under a passphrase is the app's business.
  if (!isPrivateKey(block)) return undefined;
  const privateKey = readPrivateKey(block);
  if (privateKey === undefined)
    return { reason: `${where} holds a private key that cannot be read` };
  return certificate.checkPrivateKey(privateKey)
    ? undefined
    : { reason: `the private key in ${where} belongs to another certificate` };
}
