/** A token as the kubelet has it issued for a pod; what it is signed with does not matter here. */
export function serviceAccountToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const payload = {
    aud: ['https://kubernetes.default.svc'],
    iss: 'https://kubernetes.default.svc',
    iat: 1_700_000_000,
    exp: 1_700_003_607,
    sub: 'system:serviceaccount:default:app',
    'kubernetes.io': { namespace: 'default', pod: { name: 'app-0' } },
    ...claims,
  };
  const signature = Buffer.from(`signature ${payload.iat}`).toString('base64url');
  return `${encode({ alg: 'RS256', kid: 'a' })}.${encode(payload)}.${signature}`;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
