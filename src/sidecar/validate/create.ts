import type { ContentRequest } from '../snapshot/content-request.ts';
import { type Clock, systemClock } from '../../system/clock.ts';
import { createCounts } from '../../config/globs.ts';
import type { Settings } from '../../config/options.ts';
import type { OnOutput } from '../exec/output.ts';
import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import { SwappedWhileReading } from '../snapshot/read.ts';
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

/** What is checked of new content before the app is told of it. */
export function createValidation(
  settings: Settings,
  mounts: readonly Mount[],
  { clock = systemClock, rule, onOutput = () => {} }: ValidationParts = {},
): Validate {
  const { validate: rules = [], requireKeys = [], validateExec, timeout: timeoutMs } = settings;
  if (rules.length === 0 && requireKeys.length === 0 && validateExec === undefined) {
    return () => Promise.resolve(undefined);
  }
  let loading: Promise<KeyCheck[]> | undefined;
  const load = async (): Promise<KeyCheck[]> =>
    await loadKeyChecks(rules, await createCounts(settings));
  const command = validateExec && { command: validateExec, timeoutMs, rule, onOutput };
  return async (request, signal) => {
    loading ??= load();
    const input = { mounts, checks: await loading, requireKeys, command, clock };
    return await untilSteady(() => validate(input, request, signal), clock, signal);
  };
}

const ATTEMPTS = 25;
const PAUSE_MS = 4;

/** Starts over where the content was swapped meanwhile: the verdict is about what the app would read. */
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
    outcome: 'invalid',
    reason: `the content changed ${ATTEMPTS} times while it was validated`,
    remedy: 'watch a directory that is written less often, or raise REHUP_SETTLE',
  };
}

type ValidateInput = {
  mounts: readonly Mount[];
  checks: readonly KeyCheck[];
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
  const contents = await readAll(mounts, clock, signal);
  const missing = contents.length === mounts.length ? findMissing(requireKeys, contents) : [];
  const findings = contents.flatMap((content) => checkMount(content, checks, clock.now()));
  let failure = toInvalid([...missing, ...findings]);
  for (const { mount } of concerned(contents, request)) {
    if (command && !failure) failure = await checkByCommand(command, mount.path, request, signal);
  }
  await requireSame(contents, clock, signal);
  return failure;
}

/** A mount that cannot be read is reported by whoever watches it; what the others hold is checked. */
async function readAll(
  mounts: readonly Mount[],
  clock: Clock,
  signal: AbortSignal,
): Promise<MountContent[]> {
  const contents: MountContent[] = [];
  for (const mount of mounts) {
    const snapshot = await readWhole(mount, clock, signal);
    if (snapshot) contents.push({ mount, snapshot });
  }
  return contents;
}

/** With the keys that nobody watches: a private key may be among them. */
async function readWhole(
  { path, volume }: Mount,
  clock: Clock,
  signal: AbortSignal,
): Promise<MountContent['snapshot'] | undefined> {
  const whole = { path, ...(volume && { volume }) };
  const reading = await readMount(whole, clock, signal);
  return 'snapshot' in reading ? reading.snapshot : undefined;
}

async function requireSame(
  contents: readonly MountContent[],
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (const { mount, snapshot } of contents) {
    const now = await readWhole(mount, clock, signal);
    if (now !== undefined && now.hash !== snapshot.hash) throw new SwappedWhileReading(mount.path);
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
