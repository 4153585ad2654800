// Takes the signal, and dies of the new content, until it is told that the content is good.
import { readFileSync } from 'node:fs';

const [title = 'app', file = ''] = process.argv.slice(2);
process.title = title;
process.on('SIGHUP', () => {
  const content = readFileSync(file, 'utf8');
  console.log(`reloaded ${content}`);
  if (content === 'bad') process.exit(1);
});
process.stdin.resume().on('end', () => process.exit());
console.log('ready');
