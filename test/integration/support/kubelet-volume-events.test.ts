import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import type { Generation, Payload } from '../../support/kubelet-volume.ts';
import { normaliseWatchEvents, recordWatchEvents } from '../../support/watch-recorder.ts';
import type { WatchEvent, WatchRecorder } from '../../support/watch-recorder.ts';
import { hasInotifywait, recordInotifyEvents } from './inotify-recorder.ts';
import { someGroup, tickingClock } from './volume-view.ts';

interface Row {
  readonly what: string;
  /** What the volume holds when the recording begins; nothing before the first write. */
  readonly before?: Payload;
  readonly after: Payload;
  readonly hasFsGroup?: boolean;
  /** What inotify reports per generation; `TS1` is the first directory, `.` the watched root. */
  readonly G0: readonly string[];
  readonly G2: readonly string[];
  readonly G3: readonly string[];
}

const GENERATIONS: readonly Generation[] = ['G0', 'G2', 'G3'];
const NEW_DIR = ['CREATE,ISDIR TS2', 'ATTRIB,ISDIR TS2'];
const SWAP = ['CREATE ..data_tmp', 'MOVED_FROM ..data_tmp', 'MOVED_TO ..data'];
const OLD_DIR_GONE = ['DELETE,ISDIR TS1'];
const PLAIN_SWAP = [...NEW_DIR, ...SWAP, ...OLD_DIR_GONE];
// The old directory is walked too; the new one shows twice, once for the mode it is made with.
const WALK_BEFORE_SWAP = ['ATTRIB,ISDIR TS1', 'ATTRIB,ISDIR TS2', 'ATTRIB,ISDIR .'];

// A seed that draws b before a, files and links alike.
const SEED_FOR_B_FIRST = 4;

const FIRST_DIR = ['CREATE,ISDIR TS1', 'ATTRIB,ISDIR TS1'];

const ROWS: readonly Row[] = [
  {
    what: 'the first write',
    after: { a: '1', b: '1' },
    G0: [...FIRST_DIR, 'CREATE b', 'CREATE a', ...SWAP],
    ...sinceG1([...FIRST_DIR, ...SWAP, 'CREATE b', 'CREATE a']),
  },
  {
    what: 'a changed value',
    before: { a: '1', b: '1' },
    after: { a: '2', b: '1' },
    ...always(PLAIN_SWAP),
  },
  {
    what: 'an added key',
    before: { a: '1' },
    after: { a: '1', d: '1' },
    G0: [...NEW_DIR, 'CREATE d', ...SWAP, ...OLD_DIR_GONE],
    ...sinceG1([...NEW_DIR, ...SWAP, 'CREATE d', ...OLD_DIR_GONE]),
  },
  {
    what: 'a removed key',
    before: { a: '1', b: '1' },
    after: { a: '1' },
    ...always([...NEW_DIR, ...SWAP, 'DELETE b', ...OLD_DIR_GONE]),
  },
  {
    what: 'an added nested key next to another one',
    before: { 'dir/a': '1' },
    after: { 'dir/a': '1', 'dir/b': '1' },
    ...always(PLAIN_SWAP),
  },
  {
    what: 'a removed nested key next to another one',
    before: { 'dir/a': '1', 'dir/b': '1' },
    after: { 'dir/a': '1' },
    ...always(PLAIN_SWAP),
  },
  {
    what: 'the disappearance of all keys',
    before: { a: '1' },
    after: {},
    ...always([...NEW_DIR, ...SWAP, 'DELETE a', ...OLD_DIR_GONE]),
  },
  {
    what: 'unchanged content',
    before: { a: '1' },
    after: { a: '1' },
    ...always([]),
  },
  {
    what: 'unchanged content with fsGroup',
    before: { a: '1' },
    after: { a: '1' },
    hasFsGroup: true,
    G0: ['ATTRIB,ISDIR TS1', 'ATTRIB,ISDIR .'],
    ...sinceG1([]),
  },
  {
    what: 'a changed value with fsGroup',
    before: { a: '1' },
    after: { a: '2' },
    hasFsGroup: true,
    G0: [...PLAIN_SWAP, 'ATTRIB,ISDIR TS2', 'ATTRIB,ISDIR .'],
    ...sinceG1([...NEW_DIR, ...WALK_BEFORE_SWAP, ...SWAP, ...OLD_DIR_GONE]),
  },
];

const CASES = GENERATIONS.flatMap((generation) => ROWS.map((row) => ({ generation, ...row })));

describe('what a watch on the volume root sees', () => {
  it.each(CASES)('fs.watch in $generation: $what', async ({ generation, ...row }) => {
    const events = await record(generation, row, recordWatchEvents);
    expect(events).toEqual(asSeenByNode(row[generation]));
  });

  const reason = hasInotifywait ? '' : ' (skipped: inotifywait is not installed)';
  it.skipIf(!hasInotifywait).for(CASES)(
    `inotify in $generation: $what${reason}`,
    async ({ generation, ...row }) => {
      const events = await record(generation, row, recordInotifyEvents);
      expect(events).toEqual(row[generation]);
    },
  );
});

function always(events: readonly string[]): Pick<Row, Generation> {
  return { G0: events, ...sinceG1(events) };
}

function sinceG1(events: readonly string[]): Pick<Row, 'G2' | 'G3'> {
  return { G2: events, G3: events };
}

/**
 * Node says `change` for IN_ATTRIB and IN_MODIFY of files only: for a directory libuv takes the
 * bit IN_ISDIR for something else that happened, and then `rename` wins.
 */
function asSeenByNode(masks: readonly string[]): string[] {
  const raw = masks.map((line) => {
    const [mask = '', name = ''] = line.split(' ');
    return { event: mask === 'ATTRIB' || mask === 'MODIFY' ? 'change' : 'rename', name };
  });
  return normaliseWatchEvents(raw).map((event) => event.join(' '));
}

/** The events of the second write (of the first one where there is nothing before). */
async function record(
  generation: Generation,
  row: Row,
  startRecorder: (directory: string) => WatchRecorder | Promise<WatchRecorder>,
): Promise<string[]> {
  await using volume = await createKubeletVolume({
    generation,
    seed: SEED_FOR_B_FIRST,
    now: tickingClock(),
    ...(row.hasFsGroup === true ? { fsGroup: someGroup() } : {}),
  });
  using recorder = await startRecorder(volume.root);
  if (row.before) await volume.write(row.before);
  const start = fence(volume.root, 'start');
  await volume.write(row.after);
  const end = fence(volume.root, 'end');
  const events = await recorder.until((seen) => indexOf(seen, end) !== -1);
  return events
    .slice(indexOf(events, start) + 1, indexOf(events, end))
    .map(([event, name]) => `${event} ${nameOrDot(name, volume.root)}`);
}

/** inotify delivers in order: once a fence is seen, all that came before it has been seen too. */
function fence(root: string, name: string): string {
  const link = `fence-${name}`;
  symlinkSync('nowhere', join(root, link));
  return link;
}

function indexOf(events: readonly WatchEvent[], name: string): number {
  return events.findIndex((event) => event[1] === name);
}

/** For the watched directory itself inotify gives no name, and libuv its base name. */
function nameOrDot(name: string, root: string): string {
  return name === '' || name === basename(root) ? '.' : name;
}
