// Shows generations of a volume, one after the other, and kills itself after a number of steps:
// <program> <root> <steps> <content>…, each content a JSON object of key path → text.
import { openVolume } from '../../../src/system/volume/volume.ts';

const [root = '', steps = '', ...contents] = process.argv.slice(2);
let left = Number(steps);

const volume = openVolume(root, {
  onStep: () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
for (const content of contents) {
  const files = Object.entries(JSON.parse(content) as Record<string, string>).map(
    ([path, text]) => ({ path, content: Buffer.from(text) }),
  );
  volume.flip(await volume.stage(files));
}
