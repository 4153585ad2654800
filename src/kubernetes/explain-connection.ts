import { reasonOf } from '../system/errors.ts';
import { NoJson, TooLarge } from './body.ts';
import { KubeProblem, type ProblemKind } from './problem.ts';
import { describeRequest, type KubeRequest } from './request.ts';

type Explanation = { kind: ProblemKind; what: string; remedy: string };

/** What kept a request from being answered at all, in words. */
export function explainConnection(
  request: KubeRequest,
  server: string,
  error: unknown,
): KubeProblem {
  if (error instanceof KubeProblem) return error;
  if (error instanceof NoJson || error instanceof TooLarge) {
    return new KubeProblem({
      kind: 'rejected',
      message: `${describeRequest(request)}: ${error.message}`,
      remedy: `check that ${server} is the API server, and no proxy with pages of its own`,
    });
  }
  const code = reasonOf(error);
  const { kind, what, remedy } = explainCode(code, server);
  const message = `${describeRequest(request)}: ${what} (${code})`;
  return new KubeProblem({ kind, message, remedy, cause: error });
}

function explainCode(code: string, server: string): Explanation {
  if (/CERT|SELF_SIGNED|UNABLE_TO_|INVALID_CA|ERR_TLS/.test(code)) {
    return {
      kind: 'untrusted',
      what: `the certificate of the API server at ${server} is not trusted`,
      remedy:
        'let the kubelet mount the cluster’s own ca.crt beside the token (examples/rbac/token.yaml); behind a proxy that ends TLS, let it pass the API through',
    };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      kind: 'unreachable',
      what: `the name of the API server at ${server} cannot be resolved`,
      remedy: 'check the DNS of the cluster; KUBERNETES_SERVICE_HOST may be an address instead',
    };
  }
  return {
    kind: 'unreachable',
    what: `the API server at ${server} cannot be reached`,
    remedy:
      'none needed if it is being restarted; else let a NetworkPolicy allow egress from the pod to the API server',
  };
}

export function timedOut(request: KubeRequest, server: string, timeoutMs: number): KubeProblem {
  return new KubeProblem({
    kind: 'timed-out',
    message: `${describeRequest(request)}: no answer from the API server at ${server} within ${timeoutMs} ms`,
    remedy:
      'none needed if it passes; else let a NetworkPolicy allow egress from the pod to the API server',
  });
}
