import { asFatal } from '../../kubernetes/fatal.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import type { RunTool, ToolIo } from '../../system/tool.ts';

/**
 * Runs a command on a cluster: what the API answers is its end, and so is who asks it to stop.
 *
 * @param unfinished What it leaves with where it is stopped before it was done.
 */
export async function withFatals(
  run: RunTool,
  io: ToolIo,
  unfinished: ExitCode = exitCodes.stopped,
): Promise<ExitCode> {
  try {
    return await run(io);
  } catch (error) {
    if (!io.signal.aborted) throw asFatal(error);
    if (unfinished !== exitCodes.stopped) {
      io.stderr.write('rehup: stopped before it was done; what was begun goes on\n');
    }
    return unfinished;
  }
}
