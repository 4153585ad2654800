#!/usr/bin/env node
import { takeHangUps } from './hang-up.ts';

takeHangUps();

// No further import above: it would be loaded before the first line runs. And no await: the bundle is
// CommonJS, which takes less memory (docs/decisions.md).
void import('./run.ts').then(({ main }) => main());
