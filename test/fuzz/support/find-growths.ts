import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import type { Message, Task } from './growth-process.ts';

const PROGRAM = fileURLToPath(new URL('growth-process.ts', import.meta.url));

/** Nothing to do with how fast a machine is: what has not ended by then never will. */
const DEADLINE_MS = 600_000;

/** Which of these take more work than is in proportion to the text; those that never end, too. */
export async function findGrowths(task: Task, deadlineMs = DEADLINE_MS): Promise<string[]> {
  const child = execaNode(PROGRAM, { stdio: 'inherit', nodeOptions: [], ipc: true, reject: false });
  await child.sendMessage(task);
  const found: string[] = [];
  let current = 'the start';
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const wait = (ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve([...found, `${current} never ends`]), ms);
      };
      wait(DEADLINE_MS);
      const follow = async (): Promise<void> => {
        for await (const message of child.getEachMessage() as AsyncIterable<Message>) {
          wait(deadlineMs);
          if (message === 'done') return resolve(found);
          if ('begun' in message) current = message.begun;
          else found.push(describe(message));
        }
        const { exitCode } = await child;
        throw new Error(`${current} ended the process with ${exitCode}`);
      };
      follow().catch(reject);
    });
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await child;
  }
}

function describe({ name, growth }: Extract<Message, { growth: unknown }>): string {
  const { pump, length, smallMs, largeMs } = growth;
  const times = `${largeMs.toFixed(0)} ms for ${length} characters, ${smallMs.toFixed(3)} ms for an eighth`;
  return `${name} takes ${times} of ${JSON.stringify(pump)}`;
}
