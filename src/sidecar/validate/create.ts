import type { ContentRequest } from '../snapshot/content-request.ts';
import { type Clock, systemClock } from '../../system/clock.ts';
import { type Counts, createCounts } from '../../config/globs.ts';
import type { Settings } from '../../config/options.ts';
import type { OnOutput } from '../exec/output.ts';
import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import { readMount } from '../snapshot/read-mount.ts';
import { checkByCommand, type CommandCheck } from './command.ts';
import {
  checkMount,
  findMissing,
  type KeyCheck,
  loadKeyChecks,
  type MountContent,
} from './content.ts';
import { toInvalid } from './finding.ts';
import { openContent } from './read-content.ts';

/** Whether new content may be given to the app at all; `undefined` when it may. */
export type Validate = (
  request: ContentRequest,
  signal: AbortSignal,
) => Promise<Failure | undefined>;

export type ValidationParts = {
  clock?: Clock;
  /** The name of the rule whose content is validated. */
  rule?: string;
  /** Takes the lines that a command writes. */
  onOutput?: OnOutput;
};

/** What is checked of new content before the app is told of it; `undefined` where nothing is. */
export function createValidation(
  settings: Settings,
  mounts: readonly Mount[],
  { clock = systemClock, rule, onOutput = () => {} }: ValidationParts = {},
): Validate | undefined {
  const { validate: rules = [], requireKeys = [], validateExec, timeout: timeoutMs } = settings;
  if (rules.length === 0 && requireKeys.length === 0 && validateExec === undefined) {
    return undefined;
  }
  let loading: Promise<Concerns> | undefined;
  const load = async (): Promise<Concerns> => {
    const counts = await createCounts(settings);
    return { counts, checks: await loadKeyChecks(rules, counts) };
  };
  const command = validateExec && { command: validateExec, timeoutMs, rule, onOutput };
  return async (request, signal) => {
    loading ??= load();
    const input = { mounts, ...(await loading), requireKeys, command, clock };
    return await untilSteady(() => validate(input, request, signal), clock, signal);
  };
}

const ATTEMPTS = 25;
const PAUSE_MS = 4;

/**
 * Starts over where the content was swapped meanwhile: the verdict is about what the app would read.
 * Where there is no end to it, there is no verdict, and the attempt is made again later.
 */
async function untilSteady(
  run: () => Promise<Failure | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await clock.sleep(PAUSE_MS, signal);
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof SwappedWhileReading)) throw error;
    }
  }
  return {
    outcome: 'not-ready',
    reason: `the content changed ${ATTEMPTS} times while it was validated`,
    remedy: 'watch a directory that is written less often, or raise REHUP_SETTLE',
  };
}

/** The keys that the verdict is about; what happens to others does not matter to it. */
type Concerns = { counts: Counts; checks: readonly KeyCheck[] };

type ValidateInput = Concerns & {
  mounts: readonly Mount[];
  requireKeys: readonly string[];
  command: CommandCheck | undefined;
  clock: Clock;
};

async function validate(
  input: ValidateInput,
  request: ContentRequest,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { mounts, checks, requireKeys, command, clock } = input;
  const contents = await readAll(mounts, input, signal);
  const missing = contents.length === mounts.length ? findMissing(requireKeys, contents) : [];
  const checked = contents.map((content) => ({
    ...content,
    ...checkMount(content, checks, clock.now()),
  }));
  let failure = toInvalid([...missing, ...checked.flatMap(({ findings }) => findings)]);
  for (const { mount } of concerned(contents, request)) {
    if (command && !failure) failure = await checkByCommand(command, mount.path, request, signal);
  }
  // What rehup has written itself can be changed by a program alone.
  const mayDiffer = checked.filter(({ mount }) => command !== undefined || !mount.isDelivered);
  await requireSame(mayDiffer, { ...input, isRefused: failure !== undefined }, signal);
  return failure;
}

type ReadParts = Pick<ValidateInput, 'counts' | 'clock'>;

/** A mount that cannot be read is reported by whoever watches it; what the others hold is checked. */
async function readAll(
  mounts: readonly Mount[],
  parts: ReadParts,
  signal: AbortSignal,
): Promise<MountContent[]> {
  const contents: MountContent[] = [];
  for (const mount of mounts) {
    const snapshot = await readCounted(mount, parts, signal);
    if (snapshot) contents.push({ mount, snapshot });
  }
  return contents;
}

/** As it is on disk: the check is about every byte. */
async function readCounted(
  mount: Mount,
  { counts, clock }: ReadParts,
  signal: AbortSignal,
): Promise<MountContent['snapshot'] | undefined> {
  const reading = await readMount(mount, clock, { signal, counts, asIs: true });
  return 'snapshot' in reading ? reading.snapshot : undefined;
}

async function requireSame(
  contents: readonly MountContent[],
  parts: ReadParts & { isRefused: boolean },
  signal: AbortSignal,
): Promise<void> {
  for (const { mount, snapshot, others = new Map() } of contents) {
    const now = await readCounted(mount, parts, signal);
    // A check that could not read it, either, is no verdict.
    if (now === undefined && !parts.isRefused) continue;
    if (now?.hash !== snapshot.hash) throw new SwappedWhileReading(mount.path);
    if (others.size > 0) requireSameOthers(mount.path, now, others);
  }
}

function requireSameOthers(
  path: string,
  snapshot: MountContent['snapshot'],
  others: ReadonlyMap<string, string>,
): void {
  const content = openContent(path, snapshot);
  try {
    for (const key of others.keys()) content.readOther(key);
    const isSame = [...others].every(([key, hash]) => content.others.get(key) === hash);
    if (!isSame) throw new SwappedWhileReading(path);
  } finally {
    content[Symbol.dispose]();
  }
}

/** The mounts that changed; all of them where it is not known what changed. */
function concerned(
  contents: readonly MountContent[],
  { changes }: ContentRequest,
): readonly MountContent[] {
  const changed = contents.filter(({ mount }) => changes.has(mount.path));
  return changed.length === 0 ? contents : changed;
}
