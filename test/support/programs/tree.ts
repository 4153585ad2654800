// Starts generations of itself, down to 0. Each writes its pid into a directory, ignores SIGTERM, and
// holds on to what it was given: `inherit` keeps the output open.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const [directory = '.', depth = '0', stdio = 'ignore'] = process.argv.slice(2);
process.on('SIGTERM', () => {});
setInterval(() => {}, 60_000);
if (Number(depth) > 0) {
  const args = [import.meta.filename, directory, `${Number(depth) - 1}`, stdio];
  // Whoever outlives its parent is what the tests are about.
  void execa(process.execPath, args, {
    stdio: stdio === 'inherit' ? 'inherit' : 'ignore',
    cleanup: false,
    reject: false,
  });
}
const path = join(directory, depth);
writeFileSync(`${path}.new`, `${process.pid}`);
renameSync(`${path}.new`, path);
