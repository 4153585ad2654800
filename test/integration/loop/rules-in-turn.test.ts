import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHttpApp } from '../../support/http-app.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { waitFor } from '../../support/wait-for.ts';

it('each rule acts on what is there after the one before it has acted', async () => {
  await using volume = await createKubeletVolume();
  await volume.write({ 'app.conf': 'one' });
  await using app = await createHttpApp();
  await using directory = await createTempDir();
  const path = join(directory.path, 'rules.yaml');
  const url = (rule: string): string => `http://127.0.0.1:${app.port}/${rule}`;
  writeFileSync(
    path,
    `rules: [{name: constructor, url: "${url('first')}"}, {name: second, url: "${url('second')}"}]`,
  );
  await using rehup = await startRehup({ env: { REHUP_CONFIG: path, REHUP_WATCH: volume.root } });
  await rehup.line({ outcome: 'reloaded', rule: 'second' });
  app.forget();

  const held: (() => void)[] = [];
  app.answer((response, request) => {
    const end = (): void => void response.writeHead(200).end();
    if (request.path === '/first' && app.requests.length === 1) held.push(end);
    else end();
  });
  rehup.kill('SIGHUP');
  await app.seen(1);
  const hints = rehup.all({ msg: 'hint', mount: volume.root }).length;
  await volume.write({ 'app.conf': 'two' });
  await waitFor(
    'the hint of the update',
    () => rehup.all({ msg: 'hint', mount: volume.root }).length > hints,
  );
  for (const release of held) release();
  const second = await rehup.line({ outcome: 'reloaded', rule: 'second' });
  // The first one has not had that content yet.
  expect(await rehup.line({ outcome: 'reloaded', rule: 'constructor' })).toMatchObject({
    hash: second.hash,
  });
  rehup.kill('SIGHUP');
  await rehup.line({ outcome: 'reloaded', rule: 'second' });
  expect(app.requests.map((request) => request.path)).toEqual([
    '/first',
    '/second',
    '/first',
    '/first',
    '/second',
  ]);
});
