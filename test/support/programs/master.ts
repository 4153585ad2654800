// A master with workers of the same name; only the master takes the signal.
import { fork } from 'node:child_process';

const [title = 'app', count = '2'] = process.argv.slice(2);
process.title = title;
if (process.send === undefined) {
  process.on('SIGHUP', () => console.log('master reloaded'));
  const workers = Array.from({ length: Number(count) }, () =>
    fork(import.meta.filename, [title], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  await Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))),
  );
  process.stdin.resume().on('end', () => process.exit());
  console.log('ready');
} else {
  process.on('SIGHUP', () => console.log('worker reloaded'));
  process.on('disconnect', () => process.exit());
  process.send('ready');
}
