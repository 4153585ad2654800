import type { ExplainInput, Explanation } from './explanation.ts';

/** The certificate of the app, as rehup sees it. */
export function explainCertificate(
  code: string,
  error: unknown,
  { url }: ExplainInput,
): Explanation | undefined {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return {
        check: 'url-certificate-authority',
        what: 'the certificate of the app is self-signed',
        remedy:
          'mount that certificate, or the one of its authority, in the rehup container and name it in REHUP_CA_FILE',
      };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE':
    case 'INVALID_CA':
      return {
        check: 'url-certificate-authority',
        what: 'the certificate of the app was issued by an unknown authority',
        remedy:
          'mount the certificate of that authority (ca.crt) in the rehup container and name it in REHUP_CA_FILE',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return explainName(namesOf(error), url);
    case 'CERT_HAS_EXPIRED':
      return {
        what: 'the certificate of the app has expired',
        remedy: 'renew it, and let the app load it; if it is new, check the clock of the node',
      };
    case 'CERT_NOT_YET_VALID':
      return {
        what: 'the certificate of the app is not valid yet',
        remedy: 'check the clock of the node, and of the machine that issued the certificate',
      };
    default:
      return undefined;
  }
}

function explainName(names: string | undefined, { hostname }: URL): Explanation {
  // `*` stands for one label; an address may be what is certified, too.
  const [, name] = /(?:DNS|IP Address):([^,*]+)/.exec(names ?? '') ?? [];
  return {
    check: 'url-certificate-name',
    what: `the certificate of the app is not for ${hostname}${names ? `; it is for ${names}` : ''}`,
    remedy: 'set REHUP_SERVER_NAME to a name the certificate bears',
    ...(name !== undefined && { set: { REHUP_SERVER_NAME: name } }),
  };
}

/** The names in a certificate are public: it is sent to whoever asks. */
function namesOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('cert' in error)) return undefined;
  const { subjectaltname } = error.cert as { subjectaltname?: string };
  return subjectaltname;
}

/** One side speaks TLS and the other does not, or it is not HTTP at all. */
export function explainProtocol(
  code: string,
  error: unknown,
  { url, option }: ExplainInput,
): Explanation | undefined {
  if (url.protocol === 'https:') {
    if (!/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_OVERFLOW/.test(code)) {
      return undefined;
    }
    return {
      what: 'the app does not speak TLS at this port',
      remedy: `write http:// in ${option}, or name the port at which the app speaks TLS`,
    };
  }
  if (!(error instanceof Error) || error.name !== 'HTTPParserError') return undefined;
  if (isTlsRecord(error)) {
    return {
      what: 'the app speaks TLS at this port',
      remedy: `write https:// in ${option}`,
    };
  }
  return {
    what: 'what the app answered is not HTTP/1.1',
    remedy: `name a port at which the app speaks HTTP/1.1 in ${option}; if it speaks TLS there, write https://`,
  };
}

/** A TLS server answers a plain request with an alert: record type 21, version 3.x. */
function isTlsRecord(error: unknown): boolean {
  if (!(error instanceof Error) || !('data' in error)) return false;
  return String(error.data).startsWith('\u0015\u0003');
}

/** Alerts by which the app refuses us, in the spellings of several OpenSSL releases. */
export function explainClientCertificate(
  code: string,
  { hasCertificate }: ExplainInput,
): Explanation | undefined {
  if (!/ALERT/.test(code)) return undefined;
  if (/CERTIFICATE_REQUIRED/.test(code) || (/HANDSHAKE_FAILURE/.test(code) && !hasCertificate)) {
    return {
      what: 'the app asks for a client certificate',
      remedy: 'mount one in the rehup container and name it in REHUP_CERT_FILE and REHUP_KEY_FILE',
    };
  }
  if (/UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_|DECRYPT_ERROR/.test(code) && hasCertificate) {
    return {
      what: 'the app does not accept the client certificate',
      remedy:
        'name one in REHUP_CERT_FILE and REHUP_KEY_FILE that has not expired and whose authority the app trusts',
    };
  }
  return {
    what: 'the app broke off the TLS handshake',
    remedy: 'look at the log of the app; check which TLS versions and certificates it takes',
  };
}
