import { expect, it } from 'vitest';
import { createEventBus } from '../../../../src/sidecar/events.ts';
import { createLogger, logEvents } from '../../../../src/sidecar/report/log.ts';

it('logs each line of a command as a field, under a fixed phrase', async () => {
  const lines: unknown[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  const events = createEventBus();
  logEvents(
    events,
    await createLogger({ level: 'info', format: 'json' }, { write }),
    (hash) => hash,
  );
  events.emit('exec-output', { rule: 'tls', stream: 'stderr', text: 'cannot bind' });
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.any(String) as string,
      rule: 'tls',
      stream: 'stderr',
      text: 'cannot bind',
      msg: 'command output',
    },
  ]);
});
