// Starts as root, and goes on as another user when told to, as masters of servers do.
import { readFileSync } from 'node:fs';

const [title = 'app', file = '', uid = ''] = process.argv.slice(2);
process.title = title;
process.on('SIGHUP', () => console.log(`reloaded ${readFileSync(file, 'utf8')}`));
process.stdin.once('data', () => {
  process.setuid?.(Number(uid));
  console.log(`runs as ${process.getuid?.()}`);
});
process.stdin.on('end', () => process.exit());
console.log('ready');
