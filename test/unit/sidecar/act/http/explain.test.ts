import { describe, expect, it } from 'vitest';
import { explain } from '../../../../../src/sidecar/act/http/explain.ts';
import type { ExplainInput } from '../../../../../src/sidecar/act/http/explanation.ts';

const plain: ExplainInput = {
  option: 'REHUP_URL',
  url: new URL('http://127.0.0.1:9090/-/reload'),
  unixSocket: undefined,
  hasCertificate: false,
};
const tls = { ...plain, url: new URL('https://127.0.0.1/-/reload') };

function failure(code: string, more: object = {}): Error {
  return Object.assign(new Error('text of the library'), { code, ...more });
}

describe('explain', () => {
  it.each([
    ['ECONNREFUSED', plain, 'let the app listen on 127.0.0.1:9090'],
    ['ECONNREFUSED', tls, 'let the app listen on 127.0.0.1:443'],
    ['ENOTFOUND', plain, 'write 127.0.0.1 for an app in the same pod'],
    ['ENOENT', { ...plain, unixSocket: '/run/app.sock' }, 'correct REHUP_UNIX_SOCKET'],
    ['EACCES', { ...plain, unixSocket: '/run/app.sock' }, 'the same runAsUser'],
    ['UND_ERR_SOCKET', plain, 'write https:// in REHUP_URL'],
    ['UND_ERR_SOCKET', tls, 'name one in REHUP_CERT_FILE and REHUP_KEY_FILE'],
    ['ECONNRESET', { ...tls, hasCertificate: true }, 'trusts the authority'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', tls, 'write http:// in REHUP_URL'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', tls, 'write http:// in REHUP_URL'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', tls, 'REHUP_CA_FILE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', tls, 'REHUP_CA_FILE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', tls, 'REHUP_CA_FILE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', tls, 'REHUP_SERVER_NAME'],
    ['CERT_HAS_EXPIRED', tls, 'renew it'],
    ['CERT_NOT_YET_VALID', tls, 'check the clock'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', tls, 'REHUP_CERT_FILE'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', tls, 'REHUP_CERT_FILE'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', { ...tls, hasCertificate: true }, 'whose authority'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', tls, 'which TLS versions'],
  ])('has a remedy for %s', (code, input, remedy) => {
    const problem = explain(failure(code), input);
    expect(problem.outcome).toBe('unreachable');
    expect(problem.message).toContain(`(${code})`);
    expect(problem.remedy).toContain(remedy);
  });

  it.each([
    ['SSH-2.0-OpenSSH_9.9', 'name a port at which the app speaks HTTP/1.1 in REHUP_URL'],
    ['\u0015\u0003\u0003\u0000\u0002', 'write https:// in REHUP_URL'],
  ])('knows a TLS alert among what is not HTTP: %j', (data, remedy) => {
    const error = failure('HPE_INVALID_CONSTANT', { name: 'HTTPParserError', data });
    expect(explain(error, plain).remedy).toContain(remedy);
  });

  it('tells the names that the certificate bears', () => {
    const error = failure('ERR_TLS_CERT_ALTNAME_INVALID', {
      cert: { subjectaltname: 'DNS:app.default.svc' },
    });
    expect(explain(error, tls).message).toBe(
      'the certificate of the app is not for 127.0.0.1; it is for DNS:app.default.svc (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
  });
});
