// A master with workers of the same name; only the master takes the signal.
import { execaNode } from 'execa';

const [title = 'app', count = '2'] = process.argv.slice(2);
process.title = title;
if (process.send === undefined) {
  process.on('SIGHUP', () => console.log('master reloaded'));
  const workers = Array.from({ length: Number(count) }, () =>
    execaNode(import.meta.filename, [title], {
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: true,
      reject: false,
    }),
  );
  await Promise.all(workers.map((worker) => worker.getOneMessage()));
  process.stdin.resume().on('end', () => process.exit());
  console.log('ready');
} else {
  process.on('SIGHUP', () => console.log('worker reloaded'));
  process.on('disconnect', () => process.exit());
  process.send('ready');
}
