// Loaded before rehup: a kernel that takes inotify watches and never reports anything, as sandboxes do.
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

class SilentWatcher extends EventEmitter {
  close(): void {
    this.emit('close');
  }
}

fs.watch = (() => new SilentWatcher()) as unknown as typeof fs.watch;
syncBuiltinESMExports();
