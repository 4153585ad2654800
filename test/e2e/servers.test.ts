import { describe, expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import {
  HAPROXY_IMAGE,
  NGINX_IMAGE,
  POSTGRES_IMAGE,
  PROMETHEUS_IMAGE,
} from './support/image-names.ts';
import { getFromPod } from './support/kubectl.ts';
import { hasOutcome, says, type LinePredicate, type LogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { containerOf, emptyDir } from './support/pod-spec.ts';
import { startSidecarPod } from './support/sidecar-pod.ts';
import {
  haproxyConfig,
  nginxConfig,
  postgresConfig,
  prometheusConfig,
} from './support/server-configs.ts';

const CONFIG = '/etc/app';

const namespace = useNamespace();

describe.concurrent('servers from packages', () => {
  it('HAProxy: SIGUSR2 makes the master start a worker with the new configuration', async () => {
    await using sidecarPod = await startSidecarPod({
      namespace: namespace(),
      apps: [
        containerOf(HAPROXY_IMAGE, {
          command: ['haproxy', '-W', '-db', '-f', `${CONFIG}/haproxy.cfg`],
          mounts: { config: CONFIG },
        }),
      ],
      rehup: { env: { REHUP_SIGNAL: 'SIGUSR2' } },
      data: haproxyConfig('one'),
    });
    const { pod } = sidecarPod;
    const answers = answersOf(pod, 8080, '/');
    await answers('one');

    await sidecarPod.changeUntil(haproxyConfig('two'), () => answers('two'));

    const line = await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    expect(line).toMatchObject({ outcome: 'reloaded' });
    await pod.waitForLine('app', 'that it has started a second worker', isNewWorker, { nth: 2 });
    expect(await pod.status('app')).toMatchObject({ restartCount: 0 });
  });

  it('PostgreSQL: SIGHUP to the postmaster, seen in SQL', async () => {
    const uid = 999;
    await using sidecarPod = await startSidecarPod({
      namespace: namespace(),
      apps: [
        containerOf(POSTGRES_IMAGE, {
          uid,
          command: [
            'docker-entrypoint.sh',
            'postgres',
            '-c',
            `config_file=${CONFIG}/postgresql.conf`,
          ],
          env: { POSTGRES_PASSWORD: 'e2e', PGDATA: '/var/lib/postgresql/data/pgdata' },
          mounts: {
            config: CONFIG,
            data: '/var/lib/postgresql/data',
            run: '/var/run/postgresql',
            tmp: '/tmp',
          },
        }),
      ],
      rehup: { uid },
      volumes: { data: emptyDir, run: emptyDir, tmp: emptyDir },
      data: postgresConfig('8MB'),
    });
    const { pod } = sidecarPod;
    const showsWorkMem = (value: string): Promise<boolean> =>
      waitForCluster(`work_mem to be ${value}`, async () => {
        const query = ['psql', '--username=postgres', '--tuples-only', '--no-align'];
        return (await pod.exec('app', ...query, '--command=show work_mem')) === value;
      });
    await showsWorkMem('8MB');

    await sidecarPod.changeUntil(postgresConfig('16MB'), () => showsWorkMem('16MB'));

    const line = await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    expect(line).toMatchObject({ outcome: 'reloaded' });
    expect(await pod.status('app')).toMatchObject({ restartCount: 0 });
  });

  it('Prometheus: its own metric tells whether it took the SIGHUP', async () => {
    await using sidecarPod = await startSidecarPod({
      namespace: namespace(),
      apps: [
        containerOf(PROMETHEUS_IMAGE, {
          command: [
            'prometheus',
            `--config.file=${CONFIG}/prometheus.yml`,
            '--storage.tsdb.path=/prometheus',
          ],
          mounts: { config: CONFIG, data: '/prometheus' },
        }),
      ],
      rehup: {
        env: {
          REHUP_VERIFY_URL: 'http://127.0.0.1:9090/metrics',
          REHUP_VERIFY_MATCH: '^prometheus_config_last_reload_successful 1$',
          REHUP_VERIFY_TIMEOUT: '3s',
        },
      },
      volumes: { data: emptyDir },
      data: prometheusConfig('30s'),
    });
    const { pod } = sidecarPod;
    const shows = answersOf(pod, 9090, '/api/v1/status/config');
    await shows('scrape_interval: 30s');

    const change = (interval: string, holds: LinePredicate, nth = 1): Promise<LogLine> =>
      sidecarPod.changeAndHear(prometheusConfig(interval), 'what came of it', holds, nth);

    await change('20s', says('reloaded'));
    await shows('scrape_interval: 20s');
    // The metric still tells of the last reload when the signal has just been sent.
    const failed = await change('never', hasOutcome('unverified'));
    expect(failed.reason).toContain('/metrics');
    await shows('scrape_interval: 20s');
    await change('10s', says('reloaded'), 2);
    await shows('scrape_interval: 10s');
    expect(await getFromPod(pod, 9090, '/metrics')).toContain(
      'prometheus_config_last_reload_successful 1\n',
    );
  });

  it('nginx: a configuration that it refuses is told from one that it has taken', async () => {
    await using sidecarPod = await startSidecarPod({
      namespace: namespace(),
      apps: [
        containerOf(NGINX_IMAGE, {
          command: ['nginx', '-c', `${CONFIG}/nginx.conf`, '-e', 'stderr', '-g', 'daemon off;'],
          mounts: { config: CONFIG, tmp: '/tmp' },
        }),
      ],
      rehup: {
        env: {
          REHUP_VERIFY_URL: 'http://127.0.0.1:8080/',
          REHUP_VERIFY_MATCH: '^two$',
          REHUP_VERIFY_TIMEOUT: '3s',
        },
      },
      volumes: { tmp: emptyDir },
      data: nginxConfig('return 200 "one\\n";'),
    });
    const { pod } = sidecarPod;
    const answers = answersOf(pod, 8080, '/');
    await answers('one');

    await sidecarPod.changeAndHear(
      nginxConfig('retrun 200 "two\\n";'),
      'that nginx has not taken it',
      hasOutcome('unverified'),
    );
    await answers('one');

    await sidecarPod.changeAndHear(
      nginxConfig('return 200 "two\\n";'),
      'that it has reloaded',
      says('reloaded'),
    );
    await answers('two');
    expect(await pod.status('app')).toMatchObject({ restartCount: 0 });
  });
});

const isNewWorker: LinePredicate = ({ text }) => text.includes('New worker');

type Answers = (text: string) => Promise<boolean>;

/** Waits until the server answers with something that has the text in it. */
function answersOf(pod: Parameters<typeof getFromPod>[0], port: number, path: string): Answers {
  return (text) =>
    waitForCluster(`${path} to show "${text}"`, async () =>
      (await getFromPod(pod, port, path)).includes(text),
    );
}
