// How long it takes to read a mount: node snapshot.ts MOUNT TIMES. Prints JSON.
import { systemClock as clock } from '../../../src/system/clock.ts';
import { readMount } from '../../../src/sidecar/snapshot/read-mount.ts';

const [path = '', count = ''] = process.argv.slice(2);
const times: number[] = [];
const before = process.cpuUsage();
let keys = 0;
for (let time = Number(count); time > 0; time -= 1) {
  const began = performance.now();
  const reading = await readMount({ path }, clock);
  times.push(performance.now() - began);
  if ('problem' in reading) throw new Error(reading.problem.reason);
  keys = reading.snapshot.keys.size;
}
const { user, system } = process.cpuUsage(before);
const cpuMs = (user + system) / 1000 / times.length;
process.stdout.write(`${JSON.stringify({ times, cpuMs, keys })}\n`);
