// Records docs/pictures/demo.cast, and draws it and what three commands print: npm run recordings. Real
// runs on a real terminal; the pod is one of namespaces. `script` comes with util-linux.
import { writeFileSync } from 'node:fs';

import { createPodScene } from '../test/support/pod-scene.ts';
import { programCommand } from '../test/support/start-program.ts';
import { rehupCommand } from '../test/support/start-rehup.ts';
import { createTempDir } from '../test/support/temp-dir.ts';
import { recordCommand } from './recording/record.ts';
import { drawTerminal, type Event } from './recording/terminal-svg.ts';

const COLUMNS = 100;
const folder = new URL('../docs/pictures/', import.meta.url);

function write(name: string, title: string, events: readonly Event[]): void {
  writeFileSync(new URL(`${name}.svg`, folder), drawTerminal(title, events, COLUMNS));
}

const demo = await recordCommand(`${process.execPath} examples/demo/demo.ts`, COLUMNS);
const header = { version: 2, width: COLUMNS, height: 50, title: 'npm run demo' };
const cast = [header, ...demo.map(([seconds, text]) => [seconds, 'o', text])];
writeFileSync(
  new URL('demo.cast', folder),
  cast.map((line) => `${JSON.stringify(line)}\n`).join(''),
);
write('demo', 'The demo: an update, an invalid update, and an app that is spared', demo);

const help = await recordCommand(rehupCommand(['--help']).join(' '), COLUMNS);
write('help', 'rehup --help', still(help));

await using stack = new AsyncDisposableStack();
const state = stack.use(await createTempDir('rehup-recording-'));
const pod = stack.use(
  await createPodScene({
    volumes: { site: { payload: { 'site.conf': 'one', 'upstreams.conf': 'one' } } },
    containers: { web: [{ volume: 'site' }], rehup: [{ volume: 'site' }] },
  }),
);
const app = await pod.start('web', programCommand('no-handler', 'nginx'));
await app.line('ready');
const env = { REHUP_STATE_DIR: state.path, REHUP_LISTEN: 'off', POD_NAME: 'web-x2x7k' };
const rehup = await pod.startRehup({ env });
await rehup.line({ msg: 'watching' });
await pod.volume('site').write({ 'site.conf': 'two', 'upstreams.conf': 'one' });
await rehup.line({ outcome: 'no-handler' });
for (const name of ['status', 'doctor']) {
  const flags = ['--output=text', '--color=always', `--state-dir=${state.path}`, '--listen=off'];
  const asked = await pod.start('rehup', rehupCommand([name, ...flags]));
  await asked.exited;
  write(name, `rehup ${name}`, [[0, asked.lines.join('\n')]]);
}

function still(events: readonly Event[]): Event[] {
  return events.map(([, text]) => [0, text]);
}
