import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Tally } from './tally.ts';

/** From a signal within milliseconds to an app that takes minutes to verify. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

type Series = {
  values: () => Iterable<{ labels: Readonly<Record<string, string>>; value: number }>;
};

export type Metrics = { contentType: string; render: () => Promise<string> };

/** The Prometheus view of the tally. Imported by the first scrape only. */
export function createMetrics(tally: Tally, build: { version: string; node: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const counter = (
    name: string,
    help: string,
    labelNames: string[],
    from: Tally['hints'],
  ): void => {
    const metric = new Counter({ name, help, labelNames, registers, collect: fill });
    function fill(): void {
      metric.reset();
      for (const { labels, value } of from.values()) metric.inc(labels, value);
    }
  };
  const gauge = (name: string, help: string, labelNames: string[], from: Series): void => {
    const metric = new Gauge({ name, help, labelNames, registers, collect: fill });
    function fill(): void {
      metric.reset();
      for (const { labels, value } of from.values()) metric.set(labels, value);
    }
  };

  counter(
    'rehup_reloads_total',
    'Decisions by outcome',
    ['rule', 'action', 'outcome'],
    tally.reloads,
  );
  counter('rehup_hints_total', 'Hints to look again, by source', ['source'], tally.hints);
  gauge(
    'rehup_last_reload_successful',
    '1 unless the last reload failed',
    ['rule'],
    tally.lastSuccessful,
  );
  gauge(
    'rehup_last_reload_success_timestamp_seconds',
    'When a reload last succeeded',
    ['rule'],
    tally.lastSuccessAt,
  );
  gauge('rehup_pending', '1 while content differs from what is applied', ['rule'], tally.pending);
  gauge('rehup_watch_mode_info', 'How a mount is watched', ['mount', 'mode'], tally.watchMode);
  gauge(
    'rehup_target_info',
    'Whom the last reload was for',
    ['rule', 'container', 'pid'],
    tally.target,
  );
  gauge(
    'rehup_desired_hash_info',
    'Hash of the content that was read last, and is to be applied; keyed where it may be secret',
    ['rule', 'mount', 'hash'],
    tally.desiredHash,
  );
  gauge(
    'rehup_applied_hash_info',
    'Hash of the content applied last; keyed where it may be secret',
    ['rule', 'mount', 'hash'],
    tally.appliedHash,
  );
  gauge(
    'rehup_published_hash_info',
    'Hash of the content that the app sees, where rehup publishes it',
    ['rule', 'hash'],
    tally.publishedHash,
  );
  gauge(
    'rehup_held',
    '1 while content of the sources is not published: it is invalid, or was rolled back',
    ['rule', 'reason'],
    tally.held,
  );
  gauge(
    'rehup_source_objects',
    'Objects of the Kubernetes API that the content is taken from',
    ['rule'],
    tally.sourceObjects,
  );
  gauge(
    'rehup_kept',
    '1 where the content that the app took last is kept beyond the pod (REHUP_KEEP), 0 where it could not be',
    ['rule'],
    tally.kept,
  );
  gauge(
    'rehup_published_from_kept',
    '1 while the app sees what an earlier pod had kept, and not what the sources hold',
    ['rule'],
    tally.fromKept,
  );
  gauge(
    'rehup_canary_info',
    'Which of two sources, stable or next, is for this pod, and why',
    ['rule', 'source', 'reason'],
    tally.canary,
  );
  gauge(
    'rehup_canary_percent',
    'For how many percent of the pods the next content is, as it says',
    ['rule'],
    tally.canaryPercent,
  );
  gauge(
    'rehup_circuit_open',
    '1 while there is no further attempt: the content fails even after a restart',
    ['rule'],
    tally.circuitOpen,
  );
  gauge(
    'rehup_reloadable',
    '1 where nothing stands against a reload now, as far as it shows; 0 with the outcome it would have',
    ['rule', 'reason'],
    tally.reloadable,
  );
  gauge(
    'rehup_kubelet_lag_seconds',
    'How long the kubelet took to bring the last update of an object into a mount, and while it has not: since when it is awaited',
    ['mount', 'object'],
    tally.kubeletLag,
  );
  new Gauge({
    name: 'rehup_build_info',
    help: 'Version of rehup and of Node.js',
    labelNames: ['version', 'node'],
    registers,
  }).set(build, 1);

  const histograms = {
    duration: new Histogram({
      name: 'rehup_reload_duration_seconds',
      help: 'One attempt with its proof',
      labelNames: ['rule', 'action'],
      buckets: BUCKETS,
      registers,
    }),
    swapToReload: new Histogram({
      name: 'rehup_swap_to_reload_seconds',
      help: 'From the swap on disk to the action',
      labelNames: ['rule'],
      buckets: BUCKETS,
      registers,
    }),
  };

  return {
    contentType: registry.contentType,
    render: async () => {
      for (const { metric, labels, seconds } of tally.observations.splice(0)) {
        histograms[metric].observe(labels, seconds);
      }
      return await registry.metrics();
    },
  };
}
