import type { Command } from 'commander';
import type { RunTool } from '../system/tool.ts';

/**
 * Adds a command that has options of its own, and needs no sidecar. What it does is imported when it
 * runs: the command line is read without it.
 */
export type DefineTool = (program: Command, onRun: (run: RunTool) => void) => void;
