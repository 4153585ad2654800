import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHttpActor } from '../support/http-action.ts';
import { startTcpServer } from '../support/http-server.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { httpJunk, rawAnswers } from './samples/http.ts';
import { fuzzAsync } from './support/fuzz.ts';
import { anyText } from './support/texts.ts';

describe('whatever bytes come back over the connection', () => {
  it('mean success, or there is a failure with a remedy', async () => {
    await using directory = await createTempDir('fuzz-');
    const unixSocket = join(directory.path, 'app.sock');
    let pieces: readonly Buffer[] = [];
    await using server = await startTcpServer(
      (socket) => {
        socket.once('data', () => {
          for (const piece of pieces) socket.write(piece);
          socket.end();
        });
      },
      { unixSocket },
    );
    const actor = createHttpActor({
      REHUP_URL: 'http://app/-/reload',
      REHUP_UNIX_SOCKET: unixSocket,
      REHUP_SUCCESS_MATCH: 'reloaded',
      REHUP_TIMEOUT: '30s',
    });
    const bytes = fc.tuple(anyText(rawAnswers, httpJunk), fc.nat(200)).map(([text, at]) => {
      const all = Buffer.from(text, 'latin1');
      return [all.subarray(0, at), all.subarray(at)].filter(({ length }) => length > 0);
    });
    await fuzzAsync(bytes, async (given) => {
      pieces = given;
      const failure = await actor.act();
      if (failure === undefined) {
        expect(Buffer.concat([...given]).toString('latin1')).toMatch(/ 2\d\d/);
        return;
      }
      expect(['rejected', 'unreachable']).toContain(failure.outcome);
      expect(failure.reason).toMatch(/^POST http:\/\/app\/-\/reload (?:was answered|failed)/);
      expect(failure.remedy).not.toBe('');
    });
    await waitFor('the end of every connection', () => server.open() === 0);
  });
});
