// Chooses the process of this pid when told to, and signals what it has chosen when told again.
import { createInterface } from 'node:readline';
import { createSignalAction } from '../../../src/sidecar/act/signal.ts';
import { createProcessTable, type Process } from '../../../src/sidecar/target/processes.ts';
import { readSelf } from '../../../src/sidecar/target/self.ts';

const pid = Number(process.argv[2]);
const table = createProcessTable();
const action = createSignalAction({
  signal: { name: 'SIGHUP', number: 1 },
  requireHandler: true,
  table,
  self: readSelf(table),
  kill: (to, signal) => void process.kill(to, signal),
});
const { signal } = new AbortController();
const commands = createInterface({ input: process.stdin });
console.log('ready');
let targets: Process[] = [];
for await (const command of commands) {
  if (command === 'choose') {
    targets = [table.read(pid) ?? []].flat();
    console.log(`chosen ${targets.length}`);
  } else {
    const failure = await action.perform({ targets, changes: new Map(), hash: '' }, signal);
    console.log(failure ? `${failure.outcome}: ${failure.reason}` : 'signalled');
  }
}
