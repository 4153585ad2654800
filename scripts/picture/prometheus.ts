import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';

import { waitFor } from '../../test/support/wait-for.ts';

export type Series = { labels: Readonly<Record<string, string>>; points: readonly Point[] };
type Point = readonly [time: number, value: number];

export type Range = { from: number; to: number; step: number };

export type Prometheus = AsyncDisposable & {
  /** Times in seconds since the epoch. */
  queryRange: (expression: string, range: Range) => Promise<Series[]>;
  query: (expression: string, time: number) => Promise<Series[]>;
};

type Target = { name: string; port: number };
type Options = { program: string; folder: string; port: number };

/** A Prometheus that scrapes these each second, as pods of one namespace. */
export async function startPrometheus(
  { program, folder, port }: Options,
  targets: readonly Target[],
): Promise<Prometheus> {
  const file = join(folder, 'prometheus.yml');
  const configs = targets.map((target) => ({
    targets: [`127.0.0.1:${target.port}`],
    labels: { namespace: 'shop', pod: target.name, job: 'shop/rehup' },
  }));
  const jobs = [{ job_name: 'rehup', static_configs: configs }];
  await writeFile(file, stringify({ global: { scrape_interval: '1s' }, scrape_configs: jobs }));
  const where = [`--storage.tsdb.path=${join(folder, 'data')}`, `--config.file=${file}`];
  const server = execa(program, [...where, `--web.listen-address=127.0.0.1:${port}`], {
    reject: false,
    stdio: 'ignore',
  });
  const base = `http://127.0.0.1:${port}`;
  await waitFor('Prometheus to be ready', async () => (await fetch(`${base}/-/ready`)).ok);
  const ask = async (path: string, parameters: Record<string, string>): Promise<Series[]> => {
    const response = await fetch(
      `${base}/api/v1/${path}?${String(new URLSearchParams(parameters))}`,
    );
    const { data, error } = (await response.json()) as Answer;
    if (data === undefined) throw new Error(`${parameters['query'] ?? ''}: ${error ?? ''}`);
    return data.result.map(({ metric, values, value }) => ({
      labels: metric,
      points: (values ?? (value ? [value] : [])).map(([time, text]) => [time, Number(text)]),
    }));
  };
  return {
    queryRange: (query, { from, to, step }) =>
      ask('query_range', { query, start: `${from}`, end: `${to}`, step: `${step}` }),
    query: (query, time) => ask('query', { query, time: `${time}` }),
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGTERM');
      await server;
    },
  };
}

type Answer = {
  error?: string;
  data?: {
    result: readonly {
      metric: Record<string, string>;
      values?: readonly (readonly [number, string])[];
      value?: readonly [number, string];
    }[];
  };
};
