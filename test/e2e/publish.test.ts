import { describe, expect, it } from 'vitest';

import {
  hasRead,
  hasStartedWith,
  isStarted,
  type LinePredicate,
  says,
} from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { sendSignal } from './support/pod-actions.ts';
import { appContainer, emptyDir, rehupContainer } from './support/pod-spec.ts';
import { REHUP_MOUNT, type SidecarPod, startSidecarPod } from './support/sidecar-pod.ts';

const namespace = useNamespace();

const FILE = '/etc/app/greeting';

/** What the kubelet would be told, asked for in the pod. */
const READY =
  "fetch('http://127.0.0.1:9533/readyz').then(async (r) => console.log(r.status, await r.text()))";

type Env = Readonly<Record<string, string>>;

/** The app mounts what rehup publishes, and rehup the ConfigMap. */
async function startPublishing(
  first: string,
  { app = {}, rehup = {} }: { app?: Env; rehup?: Env } = {},
): Promise<SidecarPod> {
  return await startSidecarPod({
    namespace: namespace(),
    apps: [appContainer({ env: { APP_FILES: FILE, ...app }, mounts: { published: '/etc/app' } })],
    rehup: {
      env: { REHUP_PUBLISH: '/published', REHUP_TARGET: 'container:app', ...rehup },
      mounts: { published: '/published' },
    },
    volumes: { published: emptyDir },
    data: { greeting: first },
  });
}

function isOutcome(outcome: string): LinePredicate {
  return (line) => line.outcome === outcome;
}

describe.concurrent('published content', () => {
  it('is never invalid, also for an app that starts anew meanwhile', async () => {
    await using scene = await startPublishing('"one"', { rehup: { REHUP_VALIDATE: '*=json' } });
    const { pod } = scene;
    await pod.waitForLine('rehup', 'that it has published', says('published'));
    await scene.changeUntil({ greeting: '"two"' }, () =>
      pod.waitForLine('app', 'that it has read the new text', hasRead(FILE, '"two"')),
    );
    await scene.changeAndHear({ greeting: '"three' }, 'that it holds it', says('held'));

    await sendSignal(pod, 'SIGKILL', 'app');
    await pod.waitForLine('app', 'that it has started', hasStartedWith(FILE, '"two"'));

    await scene.changeUntil({ greeting: '"four"' }, () =>
      pod.waitForLine('app', 'that it has read the new text', hasRead(FILE, '"four"')),
    );
    expect(JSON.stringify(await pod.logs('app'))).not.toContain('three');
  });

  it('is the last good one again where the app ends with the new one', async () => {
    await using scene = await startPublishing('good', { app: { APP_DIES_OF: 'bad' } });
    const { pod } = scene;
    await pod.waitForLine('rehup', 'that it has published', says('published'));
    await scene.changeUntil({ greeting: 'better' }, () =>
      pod.waitForLine('app', 'that it has read the new text', hasRead(FILE, 'better')),
    );
    await pod.waitForLine('rehup', 'that it has published it', says('published'), { nth: 2 });

    const back = await scene.changeAndHear(
      { greeting: 'bad' },
      'that it went back',
      isOutcome('rolled-back'),
    );
    expect(back.reason).toContain('the last good content is published again');
    await pod.waitForLine('app', 'that it serves again', hasStartedWith(FILE, 'better'));

    await scene.changeUntil({ greeting: 'best' }, () =>
      pod.waitForLine('app', 'that it has read the corrected text', hasRead(FILE, 'best')),
    );
  });

  it('is not there before the first content is valid', async () => {
    await using scene = await startPublishing('{', { rehup: { REHUP_VALIDATE: '*=json' } });
    const { pod } = scene;
    const held = await pod.waitForLine('rehup', 'that it holds it', says('held'));
    expect(held.reason).toContain('nothing is published yet');
    const answer = await pod.exec('app', 'node', '-e', READY);
    expect(answer).toMatch(/^503 rule default has published nothing yet: held: .*greeting, line 1/);
    await scene.changeUntil({ greeting: '{}' }, () =>
      pod.waitForLine('app', 'that it has read the first text', hasRead(FILE, '{}')),
    );
  });

  it('is what a program makes of it, and is never what that refuses', async () => {
    const render = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const [source, output] = process.argv.slice(1);
      const text = readFileSync(source + '/greeting', 'utf8');
      if (text === 'bad') throw new Error('bad');
      writeFileSync(output + '/greeting', text.toUpperCase());`;
    await using scene = await startPublishing('one', {
      rehup: { REHUP_RENDER: JSON.stringify(['node', '-e', render]) },
    });
    const { pod } = scene;
    await pod.waitForLine('rehup', 'that it has published', says('published'));
    await scene.changeUntil({ greeting: 'two' }, () =>
      pod.waitForLine('app', 'that it has read the new text', hasRead(FILE, 'TWO')),
    );
    const held = await scene.changeAndHear({ greeting: 'bad' }, 'that it holds it', says('held'));
    expect(held.reason).toMatch(
      /^node \(REHUP_RENDER\) made nothing of the content: it ended with/,
    );

    await sendSignal(pod, 'SIGKILL', 'app');
    await pod.waitForLine('app', 'that it has started again', hasStartedWith(FILE, 'TWO'));
    await scene.changeUntil({ greeting: 'three' }, () =>
      pod.waitForLine('app', 'that it has read the corrected text', hasRead(FILE, 'THREE')),
    );
  });

  it('is a file of variables for a container that starts anew with each of them', async () => {
    // Which the kubelet reads from 1.35 on: here, the app reads the file itself.
    await using scene = await startPublishing('one', {
      rehup: { REHUP_PUBLISH_AS: 'greeting=env', REHUP_RESTART: 'container' },
    });
    const { pod } = scene;
    await pod.waitForLine('rehup', 'that it has published', says('published'));
    const started = hasStartedWith(FILE, "greeting='two words'\n");
    await scene.changeUntil({ greeting: 'two words' }, () =>
      pod.waitForLine('app', 'that it has started with the new value', started),
    );
    const held = await scene.changeAndHear({ greeting: "it's" }, 'that it holds it', says('held'));
    expect(held.reason).toMatch(/^the key greeting has a ', for which single quotes have no way/);
    await scene.changeUntil({ greeting: 'three' }, () =>
      pod.waitForLine(
        'app',
        'that it has started with the corrected value',
        hasStartedWith(FILE, "greeting='three'\n"),
      ),
    );
  });

  it('reaches an app that mounts one file by subPath', async () => {
    const file = '/etc/greeting';
    const env = { REHUP_PUBLISH: '/published', REHUP_PUBLISH_AS: 'greeting=in-place' };
    const mounts = { published: '/published' };
    await using scene = await startSidecarPod({
      namespace: namespace(),
      apps: [
        appContainer({
          env: { APP_FILES: file },
          mounts: { published: file },
          subPaths: { published: 'greeting' },
        }),
      ],
      // Where there are no native sidecars, this makes the file before the kubelet makes a directory.
      initContainers: [
        rehupContainer({
          name: 'publish',
          command: ['rehup', 'once'],
          env,
          mounts: { config: REHUP_MOUNT, ...mounts },
        }),
      ],
      rehup: { env: { ...env, REHUP_TARGET: 'container:app' }, mounts },
      volumes: { published: emptyDir },
      data: { greeting: 'one' },
    });
    const { pod } = scene;
    await pod.waitForLine('app', 'that it has started', hasStartedWith(file, 'one'));
    await scene.changeUntil({ greeting: 'a longer one' }, () =>
      pod.waitForLine('app', 'that it has read the new text', hasRead(file, 'a longer one')),
    );
    await scene.changeUntil({ greeting: 'two' }, () =>
      pod.waitForLine('app', 'that it has read the new text', hasRead(file, 'two')),
    );
    expect((await pod.logs('app')).filter(isStarted)).toHaveLength(1);
  });
});
