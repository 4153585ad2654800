import { actionOptions } from './table/action.ts';
import { checksOptions } from './table/checks.ts';
import { httpOptions } from './table/http.ts';
import { kubernetesOptions } from './table/kubernetes.ts';
import { publishOptions } from './table/publish.ts';
import { reportingOptions } from './table/reporting.ts';
import { retriesOptions } from './table/retries.ts';
import { restartOptions } from './table/restart.ts';
import { sourceOptions } from './table/source.ts';
import { stateOptions } from './table/state.ts';
import { targetOptions } from './table/target.ts';
import { timingOptions } from './table/timing.ts';
import { validateOptions } from './table/validate.ts';
import { watchOptions } from './table/watch.ts';

/** The one table: types, flags, environment variables, help and docs are made from it. */
export const options = {
  ...watchOptions,
  ...timingOptions,
  ...actionOptions,
  ...restartOptions,
  ...targetOptions,
  ...httpOptions,
  ...validateOptions,
  ...publishOptions,
  ...sourceOptions,
  ...checksOptions,
  ...retriesOptions,
  ...kubernetesOptions,
  ...stateOptions,
  ...reportingOptions,
};

export type OptionName = keyof typeof options;

/** Every option, parsed. Those without a default may be undefined. */
export type Settings = {
  readonly [Name in OptionName]:
    | ReturnType<(typeof options)[Name]['parse']>
    | ((typeof options)[Name] extends { default: string } ? never : undefined);
};

export const optionNames = Object.keys(options) as OptionName[];
