// Takes docs/pictures/page-*.png: npm run pictures:page. A real rehup with two rules is updated for
// half a minute, in a pod made of namespaces, and its page looked at in a real browser.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { startBrowser } from '../test/support/browser.ts';
import { createPodScene } from '../test/support/pod-scene.ts';
import { programCommand } from '../test/support/start-program.ts';
import { createTempDir } from '../test/support/temp-dir.ts';

const PICTURES = [
  { width: 1000, scheme: 'light' },
  { width: 1000, scheme: 'dark' },
  { width: 400, scheme: 'dark' },
];

const folder = new URL('../docs/pictures/', import.meta.url);
mkdirSync(folder, { recursive: true });

await using stack = new AsyncDisposableStack();
const temp = stack.use(await createTempDir('rehup-page-'));
const config = join(temp.path, 'rehup.yaml');
writeFileSync(
  config,
  `rules:
  - { name: site, watch: [/etc/site], target: container:web }
  - { name: limits, watch: [/etc/limits], target: container:limiter, validate: ['*.json=json'] }
`,
);
const pod = stack.use(
  await createPodScene({
    volumes: {
      site: { payload: { 'site.conf': 'one', 'upstreams.conf': 'one' } },
      limits: { payload: { 'limits.json': '{"requests": 10}' } },
    },
    containers: {
      web: [{ volume: 'site' }],
      limiter: [{ volume: 'limits' }],
      rehup: [{ volume: 'site' }, { volume: 'limits' }],
    },
  }),
);
for (const [container, name, file] of [
  ['web', 'nginx', '/etc/site/site.conf'],
  ['limiter', 'limiter', '/etc/limits/limits.json'],
] as const) {
  await (await pod.start(container, programCommand('handler', name, file))).line('ready');
}
const rehup = await pod.startRehup({
  env: {
    REHUP_CONFIG: config,
    REHUP_LISTEN: '127.0.0.1:0',
    POD_NAME: 'web-5d8f7c6b9-x2x7k',
    POD_NAMESPACE: 'shop',
  },
});
await rehup.line({ msg: 'watching', rule: 'limits' });
for (const version of ['two', 'three', 'four']) {
  await delay(5000);
  await pod.volume('site').write({ 'site.conf': version, 'upstreams.conf': 'one' });
}
await delay(5000);
await pod.volume('limits').write({ 'limits.json': '{"requests": 20}' });
await delay(5000);
await pod.volume('limits').write({ 'limits.json': '{"requests": 30,}' });
await rehup.line({ outcome: 'invalid' });
await delay(5000);

const browser = stack.use(await startBrowser());
const address = `http://127.0.0.1:${rehup.all({ msg: 'listening' })[0]?.port ?? 0}/`;
const page = await browser.open(address);
await page.text(/pending: limits/);
await page.send('Emulation.setScrollbarsHidden', { hidden: true });
for (const { width, scheme } of PICTURES) {
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await page.send('Emulation.setEmulatedMedia', { features });
  const size = { width, height: 600, deviceScaleFactor: 1, mobile: false };
  await page.send('Emulation.setDeviceMetricsOverride', size);
  const options = { format: 'webp', quality: 60, captureBeyondViewport: true };
  const { data } = await page.send('Page.captureScreenshot', options);
  writeFileSync(new URL(`page-${width}-${scheme}.webp`, folder), String(data), 'base64');
}
