import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask } from '../../../../src/sidecar/commands/ask.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import type { Settings } from '../../../../src/config/options.ts';
import { FatalError } from '../../../../src/system/errors.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const question = {
  method: 'GET',
  path: '/status',
  wanted: 'its status',
} as const;

function settingsFor(env: Record<string, string>): Settings {
  return loadConfig({ flags: {}, env }).settings;
}

/** What is said of a server that is no rehup, or not a healthy one. */
async function refusalOf(listener: RequestListener, timeoutMs?: number): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const server = stack.adopt(createServer(listener), (used) => {
    used.closeAllConnections();
    used.close();
  });
  const directory = stack.use(await createTempDir());
  const path = join(directory.path, 'rehup.sock');
  await once(server.listen(path), 'listening');
  const settings = settingsFor({ REHUP_STATE_DIR: directory.path, REHUP_LISTEN: 'off' });
  return await complaintOf(settings, timeoutMs);
}

async function complaintOf(settings: Settings, timeoutMs = 20_000): Promise<string> {
  try {
    return await ask(settings, { ...question, timeoutMs });
  } catch (error) {
    if (!(error instanceof FatalError) || !('remedy' in error)) throw error;
    return `${error.exitCode}: ${error.message} → ${String(error.remedy)}`;
  }
}

describe('asking a rehup', () => {
  it('tells that something else listens there', async () => {
    const complaint = await refusalOf((_, response) => response.writeHead(404).end('who?\nwhat?'));
    expect(complaint).toMatch(
      /^4: no rehup can be asked for its status: it answered with status 404: who\? \(.*rehup\.sock\)/,
    );
    expect(complaint).toContain('→ set REHUP_LISTEN or REHUP_STATE_DIR');
  });

  it('takes no page of another server for an answer', async () => {
    const complaint = await refusalOf((_, response) => response.end('<html>'));
    expect(complaint).toContain('it answered with status 200: <html>');
  });

  it('does not wait forever', async () => {
    const complaint = await refusalOf(() => {}, 50);
    expect(complaint).toMatch(/no answer within 50 ms .* → look at the log of the sidecar/);
  });

  it('tells that it went away before it answered', async () => {
    const complaint = await refusalOf((request) => request.socket.destroy());
    expect(complaint).toMatch(
      /ECONNRESET .* → look at the log of the sidecar: it may have stopped/,
    );
  });

  it('tells where nobody was, and what to do', async () => {
    await using directory = await createTempDir();
    const settings = settingsFor({ REHUP_STATE_DIR: directory.path, REHUP_LISTEN: 'off' });
    const complaint = await complaintOf(settings);
    expect(complaint).toContain(`ENOENT (${directory.path}/rehup.sock) → run it in the container`);
  });
});
