// How long it takes to find the target in this pod, with the defaults: node resolve.ts TIMES. Prints JSON.
import { systemClock as clock } from '../../../src/system/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { assignMounts } from '../../../src/sidecar/mount/own.ts';
import { createProcessTable } from '../../../src/sidecar/target/processes.ts';
import { createResolver } from '../../../src/sidecar/target/resolver.ts';
import { readSelf } from '../../../src/sidecar/target/self.ts';

const SIGHUP = 1;

const table = createProcessTable();
const resolve = createResolver({
  spec: { by: 'auto' },
  select: 'one',
  signal: SIGHUP,
  subPath: undefined,
  table,
  self: readSelf(table),
  clock,
});
const mounts = [...assignMounts(loadConfig({ flags: {}, env: {} }), undefined).values()].flat();
const watched = mounts.map(({ path, volume }) => ({ path, volume }));

const times: number[] = [];
const before = process.cpuUsage();
let found = 0;
for (let time = Number(process.argv[2]); time > 0; time -= 1) {
  const began = performance.now();
  const resolution = resolve(watched);
  times.push(performance.now() - began);
  if ('targets' in resolution) found += 1;
}
const { user, system } = process.cpuUsage(before);
const cpuMs = (user + system) / 1000 / times.length;
process.stdout.write(
  `${JSON.stringify({ times, cpuMs, found, processes: table.list().length })}\n`,
);
