import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { terminal } from '../../support/abilities.ts';
import { runOnTerminal, runRehup } from '../../support/run-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const ESCAPE = '\u001B[';
const POD = `apiVersion: v1
kind: Pod
metadata: { name: my-app }
spec:
  containers:
    - { name: app, image: app, volumeMounts: [{ name: config, mountPath: /etc/app }] }
    - { name: rehup, image: rehup, env: [{ name: REHUP_SIGNL, value: SIGHUP }] }
  volumes: [{ name: config, configMap: { name: app } }]
`;
const folder = await createTempDir();
const pod = join(folder.path, 'pod.yaml');
writeFileSync(pod, POD);
afterAll(() => folder[Symbol.asyncDispose]());

async function on(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  return (await runOnTerminal(argv, { columns: 100, env })).stdout;
}

describe.each([{ command: ['doctor'] }, { command: ['lint', pod] }])(
  'rehup $command.0',
  ({ command }) => {
    it('has colours where --color asks for them', async () => {
      const { stdout } = await runRehup([...command, '--color=always'], { NO_COLOR: '1' });
      expect(stdout).toContain(ESCAPE);
      expect((await runRehup(command)).stdout).not.toContain(ESCAPE);
    });

    it.skipIf(terminal.missing)(
      `has them on a terminal, unless NO_COLOR or --color=never is there${terminal.note}`,
      async () => {
        expect(await on(command, {})).toContain(ESCAPE);
        expect(await on(command, { NO_COLOR: '1' })).not.toContain(ESCAPE);
        expect(await on([...command, '--color=never'], {})).not.toContain(ESCAPE);
      },
    );
  },
);

describe('rehup simulate', () => {
  it.skipIf(terminal.missing)(`says what it waits for${terminal.note}`, async () => {
    await using dir = await createTempDir();
    const argv = ['simulate', join(dir.path, 'config'), '--play=add', '--every=10ms', '--keep'];
    const { stdout } = await runOnTerminal(argv, { columns: 100, env: {} });
    expect(stdout).toMatch(/ start +.*\nPlays 1 step, 10 ms before each, then ends\n.* add +/);
  });
});
