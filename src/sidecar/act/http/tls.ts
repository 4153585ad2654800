import { isIP } from 'node:net';
import {
  checkServerIdentity,
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
} from 'node:tls';
import { reasonOf } from '../../../system/errors.ts';
import { type NamedFile, readNamed, unusable } from './file.ts';
import { HttpProblem } from './problem.ts';
import type { ConnectionSettings } from './settings.ts';

/** The part of `tls.connect` that says whom to trust and who we are. */
export type TlsOptions = ConnectionOptions & { secureContext: SecureContext };

/** Reads the files anew, so that a rotated certificate is used by the next call. */
export async function readTls(
  settings: ConnectionSettings,
  host: string,
  signal: AbortSignal,
): Promise<TlsOptions> {
  const { caFile, certFile, keyFile, serverName = host, insecureSkipVerify } = settings;
  const ca = await readCertificates(caFile, 'REHUP_CA_FILE', signal);
  const cert = await readCertificates(certFile, 'REHUP_CERT_FILE', signal);
  const key = keyFile && (await readNamed({ file: keyFile, option: 'REHUP_KEY_FILE' }, signal));
  return {
    secureContext: makeContext({ ca, cert, key }, settings),
    rejectUnauthorized: !insecureSkipVerify,
    ALPNProtocols: ['http/1.1'],
    // An address is not a server name for the handshake (RFC 6066, 3), but it can be what is certified.
    servername: isIP(serverName) === 0 ? serverName : '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
  };
}

/** What holds no certificate at all is passed over in silence by OpenSSL. */
async function readCertificates(
  file: string | undefined,
  option: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const named: NamedFile = { file, option };
  const text = await readNamed(named, signal);
  if (/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(text)) return text;
  throw unusable(named, 'holds no certificate', 'put it there in PEM: -----BEGIN CERTIFICATE-----');
}

type Material = {
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
};

function makeContext({ ca, cert, key }: Material, settings: ConnectionSettings): SecureContext {
  try {
    return createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  } catch (error) {
    throw explainMaterial(error, settings);
  }
}

function explainMaterial(error: unknown, { certFile, keyFile }: ConnectionSettings): HttpProblem {
  const code = reasonOf(error);
  const problem = (reason: string, remedy: string): HttpProblem =>
    new HttpProblem('unreachable', `${reason} (${code})`, remedy, { cause: error });
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') {
    return problem(
      `the key in ${keyFile} is not the one of the certificate in ${certFile}`,
      'none needed if they are just being replaced; else mount both from one Secret and name its files in REHUP_CERT_FILE and REHUP_KEY_FILE',
    );
  }
  if (/PASSWORD|PASSPHRASE|BAD_DECRYPT|INTERRUPTED/.test(code)) {
    return problem(
      `the key in ${keyFile} is encrypted`,
      'store it without a passphrase: openssl pkey -in <key> -out <plain key>',
    );
  }
  return problem(
    'the certificates or the key cannot be used',
    'check that the files of REHUP_CA_FILE, REHUP_CERT_FILE and REHUP_KEY_FILE are in PEM: openssl x509 -noout -text -in <file>',
  );
}
