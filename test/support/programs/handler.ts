// Reloads on the signal: reads its file and says what it has.
import { readFileSync } from 'node:fs';

const [title = 'app', file = '', signal = 'SIGHUP'] = process.argv.slice(2);
process.title = title;
process.on(signal, () => console.log(`reloaded ${readFileSync(file, 'utf8')}`));
process.stdin.resume().on('end', () => process.exit());
console.log('ready');
