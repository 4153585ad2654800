import { reasonOf } from '../../../system/errors.ts';
import type { ExplainInput, Explanation } from './explanation.ts';
import { RAISE_LIMITS } from '../../../system/out-of-resources.ts';
import { TOO_LONG } from './connect.ts';
import { explainCertificate, explainClientCertificate, explainProtocol } from './explain-tls.ts';
import { HttpProblem } from './problem.ts';

/** What kept a request from being answered, in words, with the setting that helps. */
export function explain(error: unknown, input: ExplainInput): HttpProblem {
  const code = reasonOf(error);
  const { what, remedy, ...facts } =
    explainCertificate(code, error, input) ??
    explainProtocol(code, error, input) ??
    explainClientCertificate(code, input) ??
    explainAddress(code, input);
  return new HttpProblem('unreachable', `${what} (${code})`, remedy, { cause: error, ...facts });
}

function explainAddress(code: string, input: ExplainInput): Explanation {
  const { url, option, unixSocket } = input;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        what: `the name ${url.hostname} cannot be resolved`,
        remedy: `write 127.0.0.1 for an app in the same pod, or correct the name in ${option}`,
      };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return explainClosed(input);
    case 'EMFILE':
    case 'ENFILE':
      return { what: 'rehup can open no further connection now', remedy: RAISE_LIMITS };
    case TOO_LONG:
      return {
        what: 'the app went on sending without an end',
        remedy: `name a page in ${option} that gives a short answer`,
      };
    default:
      return unixSocket === undefined
        ? {
            ...(code === 'ECONNREFUSED' && { check: 'url-refused' as const }),
            what: 'the app could not be reached',
            remedy: `let the app listen on ${url.hostname}:${portOf(url)} inside the pod, or correct ${option}`,
          }
        : explainSocket(code, unixSocket);
  }
}

/** In TLS 1.3 a server learns only after the handshake that the client shows no certificate. */
function explainClosed({ url, option, hasCertificate }: ExplainInput): Explanation {
  const hint =
    url.protocol === 'http:'
      ? `if the app speaks TLS at this port, write https:// in ${option}`
      : hasCertificate
        ? 'check that the app trusts the authority of the client certificate'
        : 'if it asks for a client certificate, name one in REHUP_CERT_FILE and REHUP_KEY_FILE';
  return {
    what: 'the app closed the connection before it had answered',
    remedy: `look at the log of the app: it may have crashed; ${hint}`,
  };
}

function explainSocket(code: string, path: string): Explanation {
  return {
    what: `the unix socket ${path} could not be reached`,
    remedy:
      code === 'EACCES' || code === 'EPERM'
        ? 'let the uid of rehup write to the socket: the same runAsUser, or a group of both (fsGroup) and a socket of mode 0660'
        : 'let the app make its socket in an emptyDir that is mounted in both containers, or correct REHUP_UNIX_SOCKET',
  };
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
