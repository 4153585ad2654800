type Row = {
  /** What the line says. */
  title: string;
  unit: 'MiB' | 'MB' | 'kB' | 'ms' | '';
  /** The value may be this, and no more; absent where it is only of interest. */
  most?: number;
};

/** Every result, in the order in which it is printed, with what it may be at most. */
export const rows = {
  memory: {
    title: 'anonymous memory after 10 reloads, defaults, scraped each second',
    unit: 'MiB',
    most: 15,
  },
  'memory-listen-off': {
    title: 'anonymous memory after 10 reloads, listen off',
    unit: 'MiB',
    most: 11,
  },
  'memory-url': {
    title: 'anonymous memory after 10 reloads, --url, scraped each second',
    unit: 'MiB',
    most: 17,
  },
  'memory-prompt': {
    title: 'anonymous memory after 10 reloads, --prompt, scraped each second',
    unit: 'MiB',
    most: 22,
  },
  'memory-publish': {
    title: 'what publishing adds to it, after 10 reloads, listen off',
    unit: 'MiB',
    most: 2,
  },
  'limits-lost': {
    title: 'updates lost under memory 32Mi and cpu 20m',
    unit: '',
    most: 0,
  },
  'limits-kills': {
    title: 'OOM kills and restarts under memory 32Mi and cpu 20m',
    unit: '',
    most: 0,
  },
  'growth-memory': {
    title: 'growth over 10 000 swaps: anonymous memory',
    unit: 'MiB',
    most: 1,
  },
  'growth-descriptors': { title: 'growth over 10 000 swaps: file descriptors', unit: '', most: 0 },
  'growth-watches': { title: 'growth over 10 000 swaps: inotify watches', unit: '', most: 0 },
  'growth-timers': { title: 'growth over 10 000 swaps: timers', unit: '', most: 0 },
  'idle-cpu': { title: 'CPU while idle, all defaults, in a minute', unit: 'ms', most: 10 },
  start: { title: 'start of the process to "watching", median', unit: 'ms', most: 110 },
  'signal-floor': { title: 'kill(2) to the handler of the same app, median', unit: 'ms' },
  'signal-median': {
    title: 'rename of ..data to signal, in series (1.2 s apart), median',
    unit: 'ms',
    most: 3,
  },
  'signal-p99': { title: 'rename of ..data to signal, in series, p99', unit: 'ms', most: 15 },
  'isolated-median': {
    title: 'rename of ..data to signal, isolated (12 s apart), median',
    unit: 'ms',
    most: 3,
  },
  'isolated-max': { title: 'rename of ..data to signal, isolated, longest', unit: 'ms' },
  'isolated-cpu': {
    title: 'CPU of an isolated update with its reload, proof and tidying, median',
    unit: 'ms',
    most: 15,
  },
  'keys-1000': { title: 'rename to signal, 1000 keys, median', unit: 'ms' },
  'keys-10000': { title: 'rename to signal, 10 000 keys, median', unit: 'ms' },
  'publish-median': {
    title: 'rename of ..data to signal with publishing, 10 keys of 1 KiB, median',
    unit: 'ms',
    most: 10,
  },
  'publish-p99': { title: 'rename of ..data to signal with publishing, p99', unit: 'ms' },
  'source-median': {
    title: 'update of a labelled object in the API to the signal, median',
    unit: 'ms',
    most: 500,
  },
  'source-longest': { title: 'update of a labelled object in the API, longest', unit: 'ms' },
  'objects-published': {
    title: '5000 labelled objects of 2 kB: start to published',
    unit: 'ms',
    most: 10_000,
  },
  'objects-cpu': { title: '5000 labelled objects of 2 kB: CPU until published', unit: 'ms' },
  'objects-peak': {
    title: '5000 labelled objects of 2 kB: anonymous memory, peak',
    unit: 'MiB',
    most: 40,
  },
  'objects-rest': {
    title: '5000 labelled objects of 2 kB: anonymous memory, at rest',
    unit: 'MiB',
  },
  'signal-not-one': {
    title: 'updates with another number of signals than one',
    unit: '',
    most: 0,
  },
  'signal-early': { title: 'signals before the rename', unit: '', most: 0 },
  'signal-median-settle-0': {
    title: 'rename of ..data to signal, settle 0s, median',
    unit: 'ms',
    most: 1.5,
  },
  'signal-p99-settle-0': { title: 'rename of ..data to signal, settle 0s, p99', unit: 'ms' },
  'update-cpu': { title: 'CPU of an update with its reload and proof, defaults', unit: 'ms' },
  'pace-1s-missed': { title: 'updates 1 s apart for 30 s: not seen', unit: '', most: 0 },
  'pace-50ms-final': {
    title: 'updates 50 ms apart for 10 s: last rename to its signal',
    unit: 'ms',
    most: 5000,
  },
  image: { title: 'image, gzip', unit: 'MB', most: 47 },
  bundle: { title: 'bundle, all files', unit: 'kB', most: 400 },
  'bundle-main': { title: 'bundle, the file that is always loaded', unit: 'kB' },
  snapshot: { title: 'snapshot of 1 MiB in 1000 keys, median', unit: 'ms', most: 15 },
  'apply-10': {
    title:
      'rehup apply, 10 pods: from the answer of the API server until all have proved it, median',
    unit: 'ms',
    most: 1500,
  },
  'apply-10-kubelet': {
    title: 'rehup apply, 10 pods: until the last kubelet had brought it, median',
    unit: 'ms',
  },
  'apply-10-proof': {
    title: 'rehup apply, 10 pods: until the last app had lived on for a second, median',
    unit: 'ms',
  },
  'volumes-missed': { title: '200 watched volumes: updates not seen', unit: '', most: 0 },
  processes: {
    title: 'resolution of the target among 5000 processes, median',
    unit: 'ms',
    most: 50,
  },
} as const satisfies Record<string, Row>;

export type ResultName = keyof typeof rows;

export const rowOf = (name: ResultName): Row => rows[name];

export type Verdict = 'ok' | 'OVER' | '–';

export function judge(name: ResultName, value: number): Verdict {
  const { most } = rowOf(name);
  if (most === undefined) return '–';
  return value <= most ? 'ok' : 'OVER';
}
