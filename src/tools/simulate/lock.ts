import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode } from '../../system/errors.ts';
import { refuse } from './refuse.ts';

/**
 * Keeps a second simulate away from the same directory: two would give back to each other. The
 * kernel ends an abstract socket (unix(7)) with its process, so that no lock is ever left over.
 */
export async function lockDirectory(root: string): Promise<Disposable> {
  const server = createServer();
  const name = createHash('sha256').update(root).digest('hex');
  try {
    await once(server.listen({ path: `\0rehup-simulate-${name}` }).unref(), 'listening');
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    refuse(`another rehup simulate is at work in ${root}`, error);
  }
  return { [Symbol.dispose]: () => void server.close() };
}
