import { asFatal } from '../../kubernetes/fatal.ts';
import { type ExitCode, exitCodes } from '../../system/errors.ts';
import type { RunTool, ToolIo } from '../../system/tool.ts';

/** Runs a command on a cluster: what the API answers is its end, and so is who asks it to stop. */
export async function withFatals(run: RunTool, io: ToolIo): Promise<ExitCode> {
  try {
    return await run(io);
  } catch (error) {
    if (!io.signal.aborted) throw asFatal(error);
    return exitCodes.stopped;
  }
}
