#!/usr/bin/env node
import { start } from '../src/start.ts';

// The name that ps and the rehup of another container see.
process.title = 'rehup';

process.exitCode = await start({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
});
