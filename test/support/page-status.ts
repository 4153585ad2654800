import { outcomes } from '../../src/sidecar/outcome.ts';
import type { RuleDocument, StatusDocument } from '../../src/sidecar/report/status/document.ts';
import type { PastDecision } from '../../src/sidecar/report/status/history.ts';

const NOW = Date.parse('2026-11-09T08:00:00.000Z');
const HASH = '0a1b2c3d4e5f';
const REASON = 'web/nginx (30) has no handler for SIGHUP: the signal would end it';

function before(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

/** One of each outcome, the oldest days ago; the newest was repeated. */
const decisions: readonly PastDecision[] = outcomes.toReversed().map((outcome, index) => ({
  time: before(20 * 1.9 ** index),
  times: index === 0 ? 17 : 1,
  ...(index === 0 && { first: before(900) }),
  outcome,
  action: 'signal',
  hash: HASH,
  tookMs: 1040,
  swapToReloadMs: 320,
  changed: ['conf.d/site-of-the-shop.conf', 'app.conf'],
  added: ['certificates/intermediate.crt'],
  targets: ['web/nginx (30)'],
  ...(outcome === 'reloaded' ? {} : { reason: REASON, remedy: 'add shareProcessNamespace: true' }),
}));

const shop: RuleDocument = {
  action: 'signal',
  pending: true,
  applied: {},
  state: 'pending',
  reason: REASON,
  remedy: 'set REHUP_SIGNAL to the signal that reloads this app',
  nextRetry: before(-13),
  mounts: [
    {
      path: '/etc/nginx/conf.d/configuration-of-the-shop',
      volume: { kind: 'configmap', name: 'configuration-of-the-shop', subPath: false },
      mode: 'inotify',
      since: before(10_000),
      swapped: before(25),
      hash: HASH,
      kubeletLag: [{ object: 'ConfigMap/configuration-of-the-shop', seconds: 1.2, pending: false }],
      keys: { 'app.conf': HASH, 'conf.d/site-of-the-shop.conf': HASH },
      waiting: { changed: ['app.conf'], added: [], removed: ['old-name-of-it.conf'] },
      otherKeys: 'unchanged',
    },
    {
      path: '/etc/tls',
      mode: 'poll',
      since: before(10_000),
      swapped: before(90_000),
      hash: HASH,
      kubeletLag: [{ object: 'Secret/tls', seconds: 12, pending: true }],
      keys: { 'tls.crt': HASH, 'tls.key': HASH },
    },
  ],
  targets: [{ pid: 30, container: 'web', command: 'nginx', uid: 101, ageSeconds: 100_000 }],
  decisions,
};

/** A status that has of everything something, with names of the length that names have. */
export const fullStatus: StatusDocument = {
  pod: 'frontend-of-the-shop-7c9d8b6f54-x2x7k',
  namespace: 'production-eu',
  version: '0.1.0',
  node: '26.10.0',
  started: before(10_000),
  time: before(0),
  uptimeSeconds: 10_000,
  mounts: {},
  rules: {
    shop,
    metrics: { ...shop, state: 'applied', action: 'http', decisions: decisions.slice(-3) },
  },
};
