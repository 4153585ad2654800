// Loaded before rehup: runs SWAP_COMMAND right after the reading number SWAP_AFTER of the file SWAP_FILE.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { execaSync } from 'execa';

const { readFileSync } = fs;
const { SWAP_FILE = '', SWAP_AFTER, SWAP_COMMAND = '' } = process.env;
let readings = 0;

fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
  const content = readFileSync(...args);
  if (String(args[0]).endsWith(SWAP_FILE)) {
    readings += 1;
    if (readings === Number(SWAP_AFTER)) execaSync('/bin/sh', ['-c', SWAP_COMMAND]);
  }
  return content;
}) as typeof readFileSync;
syncBuiltinESMExports();
