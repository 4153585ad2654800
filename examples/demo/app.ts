// A small app that reads its configuration at start, and again on SIGHUP.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , configFile = '', pidFile = ''] = process.argv;
const show = (why: string): void => {
  process.stdout.write(`${why}: ${readFileSync(configFile, 'utf8').trim()}\n`);
};

process.on('SIGHUP', () => show('reloaded'));
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 60_000);
show('started');
writeFileSync(pidFile, `${process.pid}\n`);
