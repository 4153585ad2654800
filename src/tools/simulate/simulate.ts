import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ToolIo } from '../../system/tool.ts';
import { systemClock as clock } from '../../system/clock.ts';
import { errorCode, type ExitCode, exitCodes, FatalError, reasonOf } from '../../system/errors.ts';
import { readOwnMounts } from '../../system/proc/own-mounts.ts';
import { withResources } from '../../system/resources.ts';
import { sample } from './content.ts';
import { type KeyFiles, readKeys } from './keys.ts';
import { lockDirectory } from './lock.ts';
import { type Options, parseOptions, type RawOptions } from './options.ts';
import { playScript, playSource } from './play.ts';
import { createPlayer } from './player.ts';
import { refuse, refuseKubeletVolume, refuseReadOnly } from './refuse.ts';
import { formatReport, remark, type Report } from './report.ts';
import { findSource } from './source.ts';
import type { Surroundings } from './surroundings.ts';
import { giveBack, type Place, takeOver } from './take-over.ts';
import { describeWait } from './wait.ts';
import { createVolume, type Volume } from './volume.ts';

/** Makes a directory behave like a kubelet volume, until stopped. */
export async function runSimulate(
  directory: string,
  raw: RawOptions,
  io: ToolIo,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const options = parseOptions(raw);
  try {
    await withResources(async (use) => {
      const root = findRoot(directory, surroundings);
      use(await lockDirectory(root));
      await simulate(root, options, io, surroundings);
    });
  } catch (error) {
    if (error instanceof FatalError || errorCode(error) === undefined) throw error;
    refuse(`${directory} cannot be used: ${reasonOf(error)}`, error);
  }
  return exitCodes.stopped;
}

function findRoot(directory: string, { hasKubeletVolume }: Surroundings): string {
  const root = withoutLinks(resolve(directory));
  refuseKubeletVolume(root, readOwnMounts(), hasKubeletVolume);
  refuseReadOnly(root);
  return root;
}

/** The real path, also of what does not exist yet. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return join(withoutLinks(dirname(path)), basename(path));
  }
}

async function simulate(
  root: string,
  options: Options,
  io: ToolIo,
  { followDirectory }: Surroundings,
): Promise<void> {
  const { format, keep } = options;
  const script =
    options.script.by === 'source'
      ? { ...options.script, directory: findSource(options.script.directory, root) }
      : options.script;
  const place = takeOver(root);
  const volume = createVolume(root, options.order, place.mode);
  const player = createPlayer({ directory: root, volume }, clock);
  const show = (report: Report): void => {
    io.stdout.write(`${formatReport(report, clock.now(), format)}\n`);
  };
  try {
    const files =
      script.by === 'source' ? readKeys(script.directory).files : firstContent(place, options);
    show(describeStart(player.publish(files, 'start'), place));
    if (format === 'text' && (io.stdout.isTTY === true || process.stdin.isTTY)) {
      io.stderr.write(`${describeWait(script, keep)}\n`);
    }
    const stage = { player, directory: root, show, clock };
    if (script.by === 'source') {
      const changes = followDirectory(script.directory, clock, io.signal);
      await playSource(script.directory, changes, stage);
    } else await playScript(script, stage, io);
    if (!keep) await clock.sleep(LONGEST_MS, io.signal);
  } catch (error) {
    if (error !== io.signal.reason) throw error;
  } finally {
    show(end(place, volume, keep));
  }
}

/** As long as a timer can be. */
const LONGEST_MS = 2_147_483_647;

function firstContent({ files }: Place, { set }: Options): KeyFiles {
  const found = files.size === 0 && set.size === 0 ? sample : files;
  return new Map([...found, ...set]);
}

function describeStart(report: Report, { before }: Place): Report {
  const keys = report.added.length === 0 ? 'no keys' : `keys ${report.added.join(', ')}`;
  const kept = before.kind === 'files' ? `; what was there waits in ${before.keptIn}` : '';
  return { ...report, note: keys + kept };
}

function end(place: Place, volume: Volume, keep: boolean): Report {
  const note = keep ? 'the volume stays' : (giveBack(place, volume) ?? 'as it was before');
  return remark('end', place.root, note);
}
