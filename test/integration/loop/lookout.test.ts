import { expect, it } from 'vitest';
import { createReloadScene } from '../../support/reload-scene.ts';
import { programCommand } from '../../support/start-program.ts';

it('an app that cannot be reloaded is told of before the first update', async () => {
  await using scene = await createReloadScene({
    env: { REHUP_LISTEN: '127.0.0.1:0' },
    app: ({ name }) => programCommand('no-handler', name),
  });
  const { rehup } = scene;
  const line = await rehup.line({ msg: 'target cannot be reloaded' });
  expect(line).toMatchObject({ level: 'warn', outcome: 'no-handler', check: 'no-handler' });
  expect(line.remedy).toContain('REHUP_SIGNAL');
  const get = async (path: string): Promise<string> => {
    const [listening] = rehup.all({ msg: 'listening' });
    return await (await fetch(`http://127.0.0.1:${listening?.port}${path}`)).text();
  };
  expect(await get('/metrics')).toContain('rehup_reloadable{rule="default",reason="no-handler"} 0');
  expect(JSON.parse(await get('/status'))).toMatchObject({
    rules: { default: { targetProblem: { outcome: 'no-handler', reason: line.reason } } },
  });
  expect(rehup.all({ msg: 'target cannot be reloaded' })).toHaveLength(1);
});
