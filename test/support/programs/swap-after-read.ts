// Loaded before rehup: runs SWAP_COMMAND right after the reading number SWAP_AFTER of the file SWAP_FILE.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { execaSync } from 'execa';

const { openSync, closeSync } = fs;
const { SWAP_FILE = '', SWAP_AFTER, SWAP_COMMAND = '' } = process.env;
const open = new Set<number>();
let readings = 0;

fs.openSync = (...args) => {
  const handle = openSync(...args);
  if (String(args[0]).endsWith(SWAP_FILE)) open.add(handle);
  return handle;
};

// A file is closed once it is read.
fs.closeSync = (handle) => {
  closeSync(handle);
  if (!open.delete(handle)) return;
  readings += 1;
  if (readings === Number(SWAP_AFTER)) execaSync('/bin/sh', ['-c', SWAP_COMMAND]);
};
syncBuiltinESMExports();
