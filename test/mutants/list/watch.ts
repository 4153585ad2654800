import type { Mutant } from '../mutant.ts';

const file = 'sidecar/watch/watcher.ts';
const suites = ['unit/sidecar/watch', 'integration/sidecar/watch/watcher.test.ts'];

/** Updates that are not seen, or seen late. */
export const watchMutants: readonly Mutant[] = [
  {
    name: 'a watch on a directory that is gone is not moved to the one in its place',
    file,
    find: 'arm(); return true; };',
    replace: 'return false; };',
    suites,
  },
  {
    name: 'silent inotify is believed',
    file,
    find: 'if (!heard && !seen.inPlace) fallBack(SILENT);',
    replace: '',
    suites,
  },
  {
    name: 'inotify is called silent though it was heard',
    file,
    find: 'if (!heard && !seen.inPlace) fallBack(SILENT);',
    replace: 'if (!seen.inPlace) fallBack(SILENT);',
    suites,
  },
  {
    name: 'what happened before the watch stood is not looked at',
    file,
    find: "current.stands = true; // What happened before the watch stood gave no event.\n look('inotify', true);",
    replace: 'current.stands = true;',
    suites,
  },
  {
    name: 'a fallback does not poll where inotify was asked for',
    file,
    find: 'if (polling === undefined) pollLater(pollMs);',
    replace: '',
    suites,
  },
  {
    name: 'a fallback is not told',
    file,
    find: "onNotice({ mount: mount.path, mode: 'poll', ...problem });",
    replace: '',
    suites,
  },
  {
    name: 'the end of an update gives no hint',
    file,
    find: '!moved && !ended && (deep',
    replace: '!moved && (deep',
    suites,
  },
  {
    name: 'an edit in place gives no hint',
    file,
    find: '(deep || !now.inPlace)) return false;',
    replace: 'true) return false;',
    suites,
  },
  {
    name: 'the poll does not look at files that are edited in place',
    file,
    find: "look('poll', true)",
    replace: "look('poll', false)",
    suites: [...suites, 'integration/sidecar/watch/plain-layouts.test.ts'],
  },
  {
    name: 'an update counts as ended with its old directory still there',
    file: 'sidecar/mount/layout.ts',
    find: 'return timestamped.length === 1 && timestamped[0] === target;',
    replace: 'return timestamped.length > 0;',
    suites: ['unit/sidecar/mount/layout.test.ts'],
  },
  {
    name: 'a swap back to an earlier directory is no swap',
    file: 'sidecar/mount/layout.ts',
    find: '`${ino}:${ctimeNs}:${target}`',
    replace: 'target',
    suites: ['unit/sidecar/mount/layout.test.ts'],
  },
  {
    name: 'links that come later give no new version',
    file: 'sidecar/mount/layout.ts',
    find: "names.filter(isVisible).toSorted().join('/')",
    replace: "''",
    suites: ['unit/sidecar/mount/layout.test.ts'],
  },
];
