// The main job on one screen, with no cluster: a volume that `rehup simulate` updates the way the
// kubelet does it, a small app that reads it, and rehup beside the app. Three updates, each shown
// arriving.
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { createTempDir } from '../../test/support/temp-dir.ts';

const colours = { demo: 0, volume: 33, app: 32, rehup: 36 } as const;
const print = (who: keyof typeof colours, text: string): void => {
  const name = process.stdout.isTTY
    ? `\u001b[${colours[who]}m${who.padEnd(6)}\u001b[0m`
    : who.padEnd(6);
  process.stdout.write(`${name}│ ${text}\n`);
};

/** Prints the lines of a process, and lets the demo wait for the next one with a text in it. */
function follow(
  who: 'volume' | 'app' | 'rehup',
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

// Nothing but what is given: REHUP_ variables of the shell are not meant for the demo.
const options = { reject: false, stderr: 'inherit', buffer: false, extendEnv: false } as const;
const here = import.meta.dirname;
const rehupProgram = join(here, '../../cmd/main.ts');

await using folder = await createTempDir('rehup-demo-');
const config = join(folder.path, 'config');
const pidFile = join(folder.path, 'app.pid');

print('demo', 'a ConfigMap volume, as the kubelet writes it: timestamped directory, ..data link');
const volume = execa(
  process.execPath,
  [rehupProgram, 'simulate', config, '--set', 'app.conf=greeting = hello'],
  { ...options, stdin: 'pipe' },
);
const volumeSays = follow('volume', volume);
await volumeSays('start');

// Start times count in hundredths of a second: let it be clear that the app has read this version.
await delay(50);
const app = execa(
  process.execPath,
  [join(here, 'app.ts'), join(config, 'app.conf'), pidFile],
  options,
);
const appSays = follow('app', app);
await appSays('started: greeting = hello');

const rehup = execa(process.execPath, [rehupProgram], {
  ...options,
  env: {
    REHUP_WATCH: config,
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
  volume.stdin.write(`set app.conf=greeting = ${greeting}\n`);
  await volumeSays('changed app.conf');
  await appSays(`reloaded: greeting = ${greeting}`);
  await rehupSays('"msg":"reloaded"');
}

print('demo', 'each update arrived in the app; stopping all');
const codes = new Map<string, number | undefined>();
for (const [who, child] of Object.entries({ rehup, app, volume })) {
  child.kill('SIGTERM');
  codes.set(who, (await child).exitCode);
}
print('demo', [...codes].map(([who, code]) => `${who} left with exit code ${code}`).join(', '));
process.exitCode = [...codes.values()].every((code) => code === 0) ? 0 : 1;
