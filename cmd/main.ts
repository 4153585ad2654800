#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { start } from '../src/start.ts';

// The name that ps and the rehup of another container see.
process.title = 'rehup';

process.exitCode = await start({
  argv: process.argv.slice(2),
  env: process.env,
  // Plain descriptors: the stream objects of process cost memory, and throw when a pipe closes.
  stdout: { isTTY: isatty(1), write: (text) => writeAll(1, text) },
  stderr: { write: (text) => writeAll(2, text) },
  signals: process,
  exit: (code) => process.exit(code),
});

function writeAll(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // Nobody reads any more.
  }
}
