// What only shows while rehup runs: doctor asks it, and names the fault.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { applyRemedy } from '../../support/doctor/apply.ts';
import type { Problem, Report } from '../../support/doctor/report.ts';
import { type RunningPod, type Situation, startPod } from '../../support/doctor/situation.ts';
import { createHttpApp, findFreePort, status } from '../../support/http-app.ts';
import type { Rehup } from '../../support/start-rehup.ts';

const { missing, note } = pidNamespaces;
const ALONE: Pick<Situation, 'containers' | 'apps'> = {
  containers: { app: [{ volume: 'config' }], rehup: [{ volume: 'config' }] },
  apps: { app: {} },
};
const SILENT = fileURLToPath(new URL('../../support/programs/silent-inotify.ts', import.meta.url));

describe.skipIf(missing)(`rehup doctor beside a rehup that runs${note}`, () => {
  it('asks it, and finds nothing where nothing is wrong', async () => {
    const listen = `127.0.0.1:${await findFreePort()}`;
    await using pod = await startPod({ ...ALONE, rehup: { env: { REHUP_LISTEN: listen } } });
    await using rehup = await startWatching(pod);
    await update(pod, rehup, 'two');
    const report = await pod.doctor(rehup);
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(report.passed).toEqual(expect.arrayContaining(['listen', 'watch', 'last-reload']));
    expect(pod.app('app').lines).toEqual(['ready', 'reloaded two']);
  });

  it('names port-in-use: somebody else listens where rehup would', async () => {
    await using other = await createHttpApp();
    const situation = { ...ALONE, rehup: { env: { REHUP_LISTEN: `127.0.0.1:${other.port}` } } };
    const problem = await diagnose(situation, async (pod) => {
      await using rehup = await pod.startRehup();
      await rehup.line({ msg: 'not listening' });
      await rehup.line({ msg: 'watching' });
      return await pod.doctor(rehup);
    });
    expect(problem).toMatchObject({ id: 'port-in-use', status: 'fail' });
    await using pod = await startPod(applyRemedy(situation, firstOf(problem)));
    await using rehup = await startWatching(pod);
    expect(rehup.all({ msg: 'not listening' })).toEqual([]);
    await update(pod, rehup, 'two');
    expect((await pod.doctor(rehup)).problems).toEqual([]);
  });

  it('names inotify-silent: the poll saw an update of which no event told', async () => {
    const listen = `127.0.0.1:${await findFreePort()}`;
    const situation: Situation = {
      ...ALONE,
      rehup: {
        env: { REHUP_LISTEN: listen, REHUP_POLL: '100ms', NODE_OPTIONS: `--import=${SILENT}` },
      },
    };
    const problem = await diagnose(situation, async (pod) => {
      await using rehup = await startWatching(pod);
      await update(pod, rehup, 'two');
      await rehup.line({ msg: 'watch mode set', mode: 'poll' });
      return await pod.doctor(rehup);
    });
    expect(problem).toMatchObject({ id: 'inotify-silent', status: 'warn' });
    await using pod = await startPod(applyRemedy(situation, firstOf(problem)));
    await using rehup = await startWatching(pod);
    await update(pod, rehup, 'two');
    expect((await pod.doctor(rehup)).problems).toEqual([]);
  });

  it('names volume-torn-down: the kubelet made the volume anew elsewhere', async () => {
    const problem = await diagnose(ALONE, async (pod) => {
      await using rehup = await startWatching(pod);
      pod.scene.volume('config').tearDown();
      await rehup.line({ msg: 'mount cannot be read', kind: 'torn-down' });
      return await pod.doctor(rehup);
    });
    expect(problem).toMatchObject({ id: 'volume-torn-down', status: 'fail' });
    expect(problem.remedy).toContain('kubectl delete pod');
    await using pod = await startPod(ALONE);
    await using rehup = await startWatching(pod);
    await update(pod, rehup, 'two');
  });

  it('names url-wrong-status, which it never finds out by calling the URL itself', async () => {
    await using server = await createHttpApp();
    server.answer((response, request) =>
      status(request.method === 'PUT' ? 200 : 405, { allow: 'PUT' })(response, request),
    );
    const listen = `127.0.0.1:${await findFreePort()}`;
    const situation = {
      ...ALONE,
      rehup: { env: { REHUP_LISTEN: listen, REHUP_URL: server.url, REHUP_RETRIES: '0' } },
    };
    const problem = await diagnose(situation, async (pod) => {
      await using rehup = await startWatching(pod);
      await pod.scene.volume('config').write({ 'app.conf': 'two' });
      await rehup.line({ msg: 'reload failed', outcome: 'rejected' });
      const before = server.requests.length;
      const report = await pod.doctor(rehup);
      expect(server.requests).toHaveLength(before);
      return report;
    });
    expect(problem).toMatchObject({ id: 'url-wrong-status', status: 'fail' });
    expect(problem.seen).toContain('was answered with status 405');
    server.forget();
    await using pod = await startPod(applyRemedy(situation, firstOf(problem)));
    await using rehup = await startWatching(pod);
    await pod.scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'reloaded' });
    expect(server.requests.map(({ method }) => method)).toEqual(['PUT']);
    expect((await pod.doctor(rehup)).problems).toEqual([]);
  });

  it('passes on what the last reload failed from, if nothing else explains it', async () => {
    const listen = `127.0.0.1:${await findFreePort()}`;
    const env = { REHUP_LISTEN: listen, REHUP_VALIDATE: '*.conf=json', REHUP_RETRIES: '0' };
    const problem = await diagnose({ ...ALONE, rehup: { env } }, async (pod) => {
      await using rehup = await startWatching(pod);
      await pod.scene.volume('config').write({ 'app.conf': '{"a":' });
      await rehup.line({ msg: 'reload failed', outcome: 'invalid' });
      return await pod.doctor(rehup);
    });
    expect(problem).toMatchObject({ id: 'last-reload-failed', status: 'fail' });
    expect(problem.seen).toMatch(/^invalid: .*app\.conf/);
    expect(problem.seen).not.toContain('"a"');
  });
});

/** What doctor finds: one fault, and nothing else. */
async function diagnose(
  situation: Situation,
  look: (pod: RunningPod) => Promise<Report>,
): Promise<Problem> {
  await using pod = await startPod(situation);
  const { problems } = await look(pod);
  const [problem, ...others] = problems;
  expect(others).toEqual([]);
  if (problem === undefined) throw new Error('nothing was found');
  return problem;
}

function firstOf({ remedies }: Problem): Problem['remedies'][number] {
  const [first] = remedies;
  if (first === undefined) throw new Error('there is no remedy');
  return first;
}

async function startWatching(pod: RunningPod): Promise<Rehup> {
  const rehup = await pod.startRehup();
  await rehup.line({ msg: 'watching' });
  return rehup;
}

async function update(pod: RunningPod, rehup: Rehup, text: string): Promise<void> {
  await pod.scene.volume('config').write({ 'app.conf': text });
  await pod.app('app').line(`reloaded ${text}`);
  await rehup.line({ msg: 'reloaded' });
}
