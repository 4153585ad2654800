import { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';
import pretty from 'pino-pretty';
import { escapeJson } from '../../system/escape.ts';

/** Lines for people: what pino-pretty makes of JSON, without what would steer their terminal. */
export function createPrettyStream(destination: DestinationStream): DestinationStream {
  const sink = new Writable({
    decodeStrings: false,
    write: (text: Buffer | string, _, done) => {
      // Values are quoted, so that the escapes are those of JSON; the colors are pretty's own.
      destination.write(escapeJson(text.toString()));
      done();
    },
  });
  return pretty({ sync: true, destination: sink });
}
