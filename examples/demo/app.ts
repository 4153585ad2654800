// A small app that reads its configuration at the start and, unless told to be deaf, at SIGHUP. It
// writes its pid to a file, and says what it would greet with whenever a line comes in.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [name = 'app', file = '', pidFile = '', ears = 'hears'] = process.argv.slice(2);
process.title = name;

const read = (): string => {
  const { greeting } = JSON.parse(readFileSync(file, 'utf8')) as { greeting: string };
  return greeting;
};

let greeting = read();
const say = (what: string): void => {
  process.stdout.write(`${what}: ${greeting}\n`);
};

if (ears === 'hears') {
  process.on('SIGHUP', () => {
    greeting = read();
    say('reloaded, now greets with');
  });
}
process.on('SIGTERM', () => process.exit(0));
createInterface(process.stdin).on('line', () => say('still greets with'));
writeFileSync(pidFile, `${process.pid}\n`);
say('started, greets with');
