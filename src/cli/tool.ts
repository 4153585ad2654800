import type { Command } from 'commander';
import type { RunTool } from '../system/tool.ts';
import type { ParseArguments } from '../tools/lint/settings/arguments.ts';

/**
 * Adds a command that has options of its own, and needs no sidecar. What it does is imported when it
 * runs: the command line is read without it.
 */
export type DefineTool = (program: Command, given: Given) => void;

type Given = {
  onRun: (run: RunTool) => void;
  /** Reads the arguments of a sidecar, for the tools that find some in a manifest. */
  parseSidecar: ParseArguments;
};
