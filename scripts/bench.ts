// How fast and how heavy rehup is on this machine: npm run bench. Prints figures, asserts nothing.
//
// One pod as tests build it (PID and mount namespaces, a kubelet-like ConfigMap volume), rehup from the
// bundle with the image's flags and nothing configured, an app that notes when its handler runs.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createPodScene } from '../test/support/pod-scene.ts';

const SWAPS = 60;
const PAUSE_MS = 250;
const IDLE_MS = 20_000;
const FLAGS = ['--max-semi-space-size=1', '--v8-pool-size=0'];
const root = new URL('..', import.meta.url).pathname;

const now = (): number => performance.timeOrigin + performance.now();
const print = (what: string, value: string): boolean =>
  process.stdout.write(`${what.padEnd(56)}${value}\n`);

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function anonymousMiB(pid: number): string {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1]);
  return `${(kib / 1024).toFixed(1)} MiB`;
}

/** User and system time so far, in milliseconds (ticks of 10 ms). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

execFileSync('npm', ['run', '--silent', 'build'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const mounted = [{ volume: 'config' }];
await using scene = await createPodScene({
  volumes: { config: { payload: { 'app.conf': '0' } } },
  containers: { app: mounted, rehup: mounted },
});
const noteTime =
  'process.on("SIGHUP", () => console.log("at " + (performance.timeOrigin + performance.now()))); setInterval(() => {}, 1e6); console.log("ready")';
const app = await scene.start('app', [process.execPath, '--eval', noteTime]);
await app.line('ready');
const rehup = await scene.start('rehup', [process.execPath, ...FLAGS, `${root}dist/rehup.mjs`]);
await rehup.line(/"already-current"/);
print('anonymous memory at rest', anonymousMiB(rehup.pid));

const beforeSwapsMs = cpuMs(rehup.pid);
const latencies: number[] = [];
for (let swap = 1; swap <= SWAPS; swap += 1) {
  let renamedAt = 0;
  await scene.volume('config').write(
    { 'app.conf': String(swap) },
    {
      between: (step) => {
        if (step === 'link-data-tmp') renamedAt = now();
      },
    },
  );
  const line = await app.line(/^at /);
  latencies.push(Number(line.slice(3)) - renamedAt);
  await rehup.line(/"msg":"reloaded"/);
  await delay(PAUSE_MS);
}
const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`;
print(
  `rename of ..data to the app's handler, median of ${SWAPS}`,
  milliseconds(quantile(latencies, 0.5)),
);
print('  95th percentile', milliseconds(quantile(latencies, 0.95)));
print('  longest', milliseconds(Math.max(...latencies)));
print('CPU per update', milliseconds((cpuMs(rehup.pid) - beforeSwapsMs) / SWAPS));
print(`anonymous memory after ${SWAPS} updates`, anonymousMiB(rehup.pid));
const beforeIdleMs = cpuMs(rehup.pid);
await delay(IDLE_MS);
print(`CPU in ${IDLE_MS / 1000} s at rest`, milliseconds(cpuMs(rehup.pid) - beforeIdleMs));
