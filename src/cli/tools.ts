import type { DefineTool } from './tool.ts';
import { defineCompletion } from './tools/completion.ts';
import { defineApply, defineSync, defineWait } from './tools/fleet.ts';
import { defineInject } from './tools/inject.ts';
import { defineLint } from './tools/lint.ts';
import { defineRestart } from './tools/restart.ts';
import { defineRotate } from './tools/rotate.ts';
import { defineSimulate } from './tools/simulate.ts';

/** Every command that is not the sidecar, in the order of the help. */
export const tools: readonly DefineTool[] = [
  defineApply,
  defineSync,
  defineWait,
  defineRestart,
  defineRotate,
  defineSimulate,
  defineCompletion,
  defineLint,
  defineInject,
];
