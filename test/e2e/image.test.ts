import { describe, expect, it } from 'vitest';

import { useNamespace } from './support/namespace.ts';
import { startScenario } from './support/scenario.ts';

const namespace = useNamespace();

/** What an intruder looks for first. */
const TOOLS = [
  'sh',
  'bash',
  'busybox',
  'cat',
  'wget',
  'curl',
  'apt-get',
  'dpkg',
  'apk',
  'npm',
  'npx',
];

describe('the image in a pod', () => {
  it('has no shell, no package manager and no tools', async () => {
    await using scenario = await startScenario(namespace());
    const { pod } = scenario;
    for (const tool of TOOLS) {
      await expect(pod.exec('rehup', tool)).rejects.toMatchObject({
        stderr: expect.stringMatching(/executable file not found|no such file/) as string,
      });
    }
    expect(await pod.exec('rehup', 'rehup', '--version')).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
