// The main job on one screen, in three acts, with no cluster: a volume that `rehup simulate` updates
// the way the kubelet does it, a small app that reads it, and rehup beside the app.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { createTempDir } from '../../test/support/temp-dir.ts';
import { follow, heading, pause, print, showDecision } from './screen.ts';

// Nothing but what is given: REHUP_ variables of the shell are not meant for the demo.
const options = {
  reject: false,
  stderr: 'inherit',
  stdin: 'pipe',
  buffer: false,
  extendEnv: false,
} as const;
const here = import.meta.dirname;
const program = join(here, '../../cmd/main.ts');

await using folder = await createTempDir('rehup-demo-');
const config = join(folder.path, 'config');
const run = execa(options);
type Child = ReturnType<typeof launch>;
const running: Child[] = [];

function launch(args: readonly string[], env: Readonly<Record<string, string>>) {
  return run({ env })(process.execPath, args);
}

function start(file: string, args: readonly string[], env = {}): Child {
  const child = launch([file, ...args], env);
  running.unshift(child);
  return child;
}

function startApp(name: string, ...ears: readonly string[]): Child {
  const files = [join(config, 'app.json'), join(folder.path, `${name}.pid`)];
  return start(join(here, 'app.ts'), [name, ...files, ...ears]);
}

function startRehup(name: string): Child {
  return start(program, [], {
    REHUP_WATCH: config,
    REHUP_TARGET: `pidfile:${join(folder.path, `${name}.pid`)}`,
    REHUP_VALIDATE: '*.json=json',
    REHUP_SURVIVE: '100ms',
    // What is refused is said once.
    REHUP_RETRY_DELAY: '1m',
    REHUP_LISTEN: 'off',
    REHUP_LOG_FORMAT: 'json',
  });
}

print('demo', 'A volume as the kubelet writes it, an app that reads it, and rehup beside the app.');
const first = 'app.json={"greeting": "hello"}';
const volume = start(program, ['simulate', config, '--set', first]);
const volumeSays = follow('volume', volume, () => undefined);
await volumeSays('start');

async function update(text: string): Promise<void> {
  print('volume', `the kubelet swaps in app.json: ${text}`);
  volume.stdin.write(`set app.json=${text}\n`);
  await volumeSays('changed app.json');
}

// Start times count in hundredths of a second: let it be clear that the app has read this version.
await delay(100);
const app = startApp('greeter');
const appSays = follow('app', app, (line) => line);
await appSays('started');
const rehup = startRehup('greeter');
const rehupSays = follow('rehup', rehup, showDecision);
await rehupSays('"outcome":"already-current"');
await pause(2000);

heading('Act 1: an update arrives in the app');
await update('{"greeting": "good morning"}');
await appSays('good morning');
await rehupSays('"msg":"reloaded"');
await pause(3000);

heading('Act 2: an update that is invalid is refused, and the app keeps serving');
await update('{"greeting": good evening}');
await rehupSays('"outcome":"invalid"');
app.stdin.write('\n');
await appSays('still greets with: good morning');
await pause(2000);
await update('{"greeting": "good evening"}');
await appSays('good evening');
await rehupSays('"msg":"reloaded"');
await pause(3000);

heading('Act 3: an app that the signal would kill is spared');
const deaf = startApp('deaf', 'deaf');
const deafSays = follow('app', deaf, (line) => line);
await deafSays('started');
const other = startRehup('deaf');
const otherSays = follow('rehup', other, showDecision);
await otherSays('"msg":"watching"');
await update('{"greeting": "good night"}');
await otherSays('"outcome":"no-handler"');
deaf.stdin.write('\n');
await deafSays('still greets with: good evening');
await pause(3000);

heading('That is all. Next:');
print(
  'demo',
  'npm exec -- node cmd/main.ts simulate /tmp/config --every 5s   with an app of yours',
);
print(
  'demo',
  'npm exec -- node cmd/main.ts inject --diff deployment.yaml    what it takes in a pod',
);

let failed = false;
for (const child of running) {
  child.kill('SIGTERM');
  failed ||= (await child).exitCode !== 0;
}
if (failed) print('demo', 'something left with another exit code than 0');
process.exitCode = failed ? 1 : 0;
