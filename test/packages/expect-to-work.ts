import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { createHttpApp } from '../support/http-app.ts';
import { createKubeletVolume } from '../support/kubelet-volume.ts';
import { startLineProcess } from '../support/line-process.ts';

const examples = join(import.meta.dirname, '../../examples');
const app = join(examples, 'kustomize/my-app/deployment.yaml');

const MISSPELT = `
kind: Pod
metadata: { name: x }
spec: { containers: [{ name: rehup, image: rehup, env: [{ name: REHUP_SIGNL, value: HUP }] }] }
`;

/** Whether a rehup that somebody has obtained does its work: the tools, and the sidecar. */
export async function expectToWork(command: readonly string[], version: string): Promise<void> {
  const [file = '', ...before] = command;
  const env = { PATH: process.env['PATH'] };
  const rehup = async (args: readonly string[], input = ''): Promise<[number, string]> => {
    const options = { env, extendEnv: false, reject: false, input } as const;
    const { exitCode = -1, stdout, stderr } = await execa(file, [...before, ...args], options);
    // No warning of Node's own, either.
    expect(stderr).not.toContain('Warning');
    return [exitCode, stdout];
  };
  expect(await rehup(['version'])).toEqual([0, version]);
  expect(await rehup(['lint', join(examples, 'nginx')])).toEqual([0, '1 workload: nothing found']);
  expect(await rehup(['lint', '-'], MISSPELT)).toEqual([
    5,
    expect.stringContaining('REHUP_SIGNAL'),
  ]);
  const added = expect.stringMatching(/^\+ +image: ghcr\.io\/rehup\/rehup:/m) as string;
  expect(await rehup(['inject', '--diff', app])).toEqual([0, added]);
  expect(await rehup(['options'])).toEqual([0, expect.stringContaining('REHUP_SPLAY')]);
  await expectReload(command);
}

async function expectReload(command: readonly string[]): Promise<void> {
  await using server = await createHttpApp();
  await using volume = await createKubeletVolume();
  await volume.write({ 'app.conf': 'one' });
  const env = { REHUP_WATCH: volume.root, REHUP_URL: server.url, REHUP_LISTEN: '127.0.0.1:0' };
  await using rehup = await startLineProcess([...command, 'run'], { env });
  await rehup.line(/"msg":"watching"/);
  // What the app may have read before is not known: it is told at the start, and told of the change.
  await server.seen(1);
  await volume.write({ 'app.conf': 'two' });
  await rehup.line(/"changed":\["app.conf"\].*"msg":"update seen"/);
  await server.seen(2);
  rehup.kill('SIGTERM');
  expect(await rehup.exited).toEqual({ code: 0, signal: null });
}
