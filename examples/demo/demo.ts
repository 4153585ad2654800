// The main job on one screen, with no cluster: a volume that is updated the way the kubelet does it,
// a small app that reads it, and rehup beside the app. Three updates, each shown arriving.
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { createKubeletVolume } from '../../test/support/kubelet-volume.ts';
import { createTempDir } from '../../test/support/temp-dir.ts';

const colours = { demo: 0, app: 32, rehup: 36 } as const;
const print = (who: keyof typeof colours, text: string): void => {
  const name = process.stdout.isTTY
    ? `\u001b[${colours[who]}m${who.padEnd(6)}\u001b[0m`
    : who.padEnd(6);
  process.stdout.write(`${name}│ ${text}\n`);
};

/** Prints the lines of a process, and lets the demo wait for the next one with a text in it. */
function follow(
  who: 'app' | 'rehup',
  child: { stdout: Readable },
): (text: string) => Promise<void> {
  let unread: string[] = [];
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((part) => part !== '')) {
      print(who, line);
      unread.push(line);
    }
    for (const look of waiting) look();
  });
  return (text) =>
    new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(new Error(`the ${who} did not say "${text}" within 20 s`)),
        20_000,
      );
      const look = (): void => {
        const at = unread.findIndex((line) => line.includes(text));
        if (at === -1) return;
        unread = unread.slice(at + 1);
        clearTimeout(deadline);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
}

const options = { reject: false, stderr: 'inherit', buffer: false } as const;
const here = import.meta.dirname;

await using folder = await createTempDir('rehup-demo-');
await using volume = await createKubeletVolume({ root: join(folder.path, 'config') });
const pidFile = join(folder.path, 'app.pid');

print('demo', 'a ConfigMap volume, as the kubelet writes it: timestamped directory, ..data link');
await volume.write({ 'app.conf': 'greeting = hello' });

// Start times count in hundredths of a second: let it be clear that the app has read this version.
await delay(50);
const app = execa(
  process.execPath,
  [join(here, 'app.ts'), join(volume.root, 'app.conf'), pidFile],
  options,
);
const appSays = follow('app', app);
await appSays('started: greeting = hello');

const rehup = execa(process.execPath, [join(here, '../../cmd/main.ts')], {
  ...options,
  // Nothing but this: REHUP_ variables of the shell are not meant for the demo.
  extendEnv: false,
  env: {
    REHUP_WATCH: volume.root,
    REHUP_TARGET: `pidfile:${pidFile}`,
    REHUP_SURVIVE: '100ms',
    REHUP_LISTEN: 'off',
    REHUP_LOG_FORMAT: 'json',
  },
});
const rehupSays = follow('rehup', rehup);
await rehupSays('"outcome":"already-current"');

const greetings = ['good morning', 'good afternoon', 'good night'];
for (const [index, greeting] of greetings.entries()) {
  print('demo', `update ${index + 1} of ${greetings.length}: the kubelet swaps ..data`);
  await volume.write({ 'app.conf': `greeting = ${greeting}` });
  await appSays(`reloaded: greeting = ${greeting}`);
  await rehupSays('"msg":"reloaded"');
}

print('demo', 'each update arrived in the app; stopping both');
rehup.kill('SIGTERM');
const { exitCode } = await rehup;
app.kill('SIGTERM');
await app;
print('demo', `rehup left with exit code ${exitCode}`);
process.exitCode = exitCode === 0 ? 0 : 1;
