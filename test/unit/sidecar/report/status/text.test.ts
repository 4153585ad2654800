import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type {
  RuleDocument,
  StatusDocument,
} from '../../../../../src/sidecar/report/status/document.ts';
import type { PastDecision } from '../../../../../src/sidecar/report/status/history.ts';
import { renderStatus } from '../../../../../src/sidecar/report/status/text.ts';

const HASH = '0a1b2c3d4e5f';

function buildRule(rule: Partial<RuleDocument> = {}): RuleDocument {
  return {
    action: 'signal',
    pending: false,
    applied: {},
    state: 'applied',
    mounts: [],
    targets: [],
    decisions: [],
    ...rule,
  };
}

function buildStatus(rule: Partial<RuleDocument> = {}): StatusDocument {
  return {
    pod: 'web-1',
    namespace: 'shop',
    version: '1.2.3',
    node: '26.10.0',
    started: '2026-11-09T05:00:00.000Z',
    time: '2026-11-09T08:00:00.000Z',
    uptimeSeconds: 10_800,
    mounts: {},
    rules: { default: buildRule(rule) },
  };
}

const REASON = 'web/nginx (30) has no handler for SIGHUP: the signal would end it';
const REMEDY = 'set REHUP_SIGNAL to one that the app handles, or reload by HTTP: REHUP_URL';

const failed: PastDecision = {
  time: '2026-11-09T07:59:20.000Z',
  times: 7,
  outcome: 'no-handler',
  action: 'signal',
  hash: HASH,
  tookMs: 3,
  changed: ['site.conf'],
  removed: ['old.conf'],
  targets: ['web/nginx (30)'],
  reason: REASON,
};

const pending: Partial<RuleDocument> = {
  state: 'pending',
  pending: true,
  reason: REASON,
  remedy: REMEDY,
  nextRetry: '2026-11-09T08:00:12.500Z',
  mounts: [
    {
      path: '/etc/nginx/conf.d',
      volume: { kind: 'configmap', name: 'nginx-config', subPath: false },
      mode: 'inotify',
      since: '2026-11-09T05:00:00.000Z',
      swapped: '2026-11-09T07:57:00.000Z',
      hash: HASH,
      keys: { 'site.conf': HASH, 'app.conf': HASH },
      waiting: { changed: ['site.conf'], added: [], removed: ['old.conf'] },
      otherKeys: 'unchanged',
    },
  ],
  targets: [{ pid: 30, container: 'web', command: 'nginx', uid: 101, ageSeconds: 10_700 }],
  targetProblem: { outcome: 'no-handler', reason: REASON, remedy: REMEDY },
  decisions: [
    failed,
    {
      time: '2026-11-09T06:00:00.000Z',
      times: 1,
      outcome: 'reloaded',
      action: 'signal',
      hash: HASH,
      tookMs: 1040,
      swapToReloadMs: 320,
      changed: ['app.conf'],
      targets: ['web/nginx (30)'],
    },
  ],
};

function render(status: StatusDocument, width: number): string {
  return renderStatus(status, { width, colors: false });
}

describe('the status as text', () => {
  it('tells in 80 columns what is pending, why, and what comes next', () => {
    expect(`\n${render(buildStatus(pending), 80)}`).toMatchInlineSnapshot(`
      "
      rehup 1.2.3 in shop/web-1, Node.js 26.10.0, up 3 h

      default: pending, action signal
        web/nginx (30) has no handler for SIGHUP: the signal would end it
        remedy: set REHUP_SIGNAL to one that the app handles, or reload by HTTP:
        REHUP_URL
        next attempt in 13 s

        MOUNT              VOLUME              MODE     SINCE    SWAPPED  HASH
        /etc/nginx/conf.d  configmap           inotify  3 h ago  3 m ago  0a1b2c3d4e5f
                           nginx-config

        KEY        HASH          STATE
        site.conf  0a1b2c3d4e5f  changed, pending
        old.conf   -             removed, pending
        app.conf   0a1b2c3d4e5f  unchanged

        TARGET  CONTAINER  COMMAND  USER  AGE
        30      web        nginx    101   2 h

        DECIDED   OUTCOME        TOOK   AFTER SWAP  KEYS, REASON
        40 s ago  no-handler ×7  3 ms   -           site.conf, -old.conf: web/nginx
                                                    (30) has no handler for SIGHUP:
                                                    the signal would end it
        2 h ago   reloaded       1.0 s  320 ms      app.conf
      "
    `);
  });

  it('needs no second line for the reasons in 120 columns', () => {
    const lines = render(buildStatus(pending), 120).split('\n');
    expect(lines).toContain(`  ${REASON}`);
    expect(lines).toContain(`  remedy: ${REMEDY}`);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it('says when there is no further attempt, and when the next is due', () => {
    const { nextRetry: _, ...givenUp } = pending;
    expect(render(buildStatus(givenUp), 80)).toContain('no further attempt with this content');
    const due = { ...pending, nextRetry: '2026-11-09T08:00:00.000Z' };
    expect(render(buildStatus(due), 80)).toContain('next attempt now');
  });

  it('tells what is wrong with a mount and with the target, and why a mount is polled', () => {
    const status = buildStatus({
      mounts: [
        {
          path: '/etc/app',
          mode: 'poll',
          problem: 'the volume is gone',
          remedy: 'replace the pod',
          fallback: { check: 'inotify-silent', reason: 'inotify said nothing' },
          keys: {},
        },
      ],
      targetProblem: { outcome: 'no-target', reason: 'nobody is there' },
    });
    const lines = render(status, 80).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '  the volume is gone',
        '  remedy: replace the pod',
        '  /etc/app is polled: inotify said nothing',
        '  nobody is there',
      ]),
    );
  });

  it('tells the keys of several mounts apart', () => {
    const mounts = ['/etc/a', '/etc/b'].map((path) => ({ path, keys: { key: HASH } }));
    const text = render(buildStatus({ mounts }), 80);
    expect(text).toMatch(/^ {2}\/etc\/a\/key /m);
    expect(text).toMatch(/^ {2}\/etc\/b\/key /m);
  });

  it('tells the hash over several mounts, which the log has', () => {
    const mounts = ['/etc/a', '/etc/b'].map((path) => ({ path, keys: { key: HASH } }));
    const text = render(buildStatus({ mounts, hash: HASH }), 80);
    expect(text).toContain(`default: applied, action signal, hash ${HASH}`);
  });

  it('tells what the kubelet took, and what it has yet to bring', () => {
    const object = 'ConfigMap/app';
    const kubeletLag = [
      { object, seconds: 1.2, pending: false },
      { object: 'Secret/tls', seconds: 40, pending: true },
    ];
    const text = render(buildStatus({ mounts: [{ path: '/etc/a', keys: {}, kubeletLag }] }), 80);
    expect(text).toMatch(/^ {2}the kubelet took 1\.2 s to bring ConfigMap\/app$/m);
    expect(text).toMatch(
      /^ {2}Secret\/tls changed 40 s ago, and the kubelet has not brought it yet$/m,
    );
  });

  it('shows 20 of many keys, those that wait among them', () => {
    const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key-${i}`, HASH]));
    const waiting = { changed: ['key-999'], added: [], removed: [] };
    const text = render(buildStatus({ mounts: [{ path: '/etc/a', keys, waiting }] }), 80);
    expect(text.match(/^ {2}key-\d+/gm)).toHaveLength(20);
    expect(text).toMatch(/key-999 +0a1b2c3d4e5f +changed, not applied/);
    expect(text).toContain('and 980 more keys: --output json has them all');
  });

  it('says so when nothing is watched yet', () => {
    const text = render({ ...buildStatus(), rules: {} }, 80);
    expect(text).toContain('not every mount has been read yet');
  });

  it('is the same with colours, but for the colours', () => {
    const status = buildStatus(pending);
    const colored = renderStatus(status, { width: 80, colors: true });
    expect(colored).toContain('\u001b[31mpending\u001b[39m');
    expect(stripVTControlCharacters(colored)).toBe(render(status, 80));
  });

  it('lets no name act on the terminal', () => {
    const evil = '\u001b]0;owned\u0007\u009b2J\n<b>';
    const status = buildStatus({
      ...pending,
      reason: evil,
      mounts: [{ path: `/etc/${evil}`, keys: { [evil]: HASH } }],
      targets: [{ pid: 1, container: evil, command: evil, uid: 0, ageSeconds: 0 }],
      decisions: [{ ...failed, reason: evil, changed: [evil] }],
    });
    const text = render(status, 200);
    // oxlint-disable-next-line no-control-regex
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(text.match(/\\u\{1b\}\]0;owned\\u\{7\}\\u\{9b\}2J\\u\{a\}<b>/g)?.length).toBeGreaterThan(
      4,
    );
  });
});
