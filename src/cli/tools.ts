import type { DefineTool } from './tool.ts';

/** Every command that is not the sidecar, in the order of the help. */
export const tools: readonly DefineTool[] = [];
