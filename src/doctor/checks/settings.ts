import type { OptionName } from '../../config/options.ts';
import type { ConfigProblem } from '../../system/errors.ts';
import { formatTargetSpec } from '../../config/target-spec.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Check, once, perRule } from '../check.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { removeVariable } from '../remedy.ts';
import { toRemedy, unset, variableOf } from '../settings.ts';

/** What was written can be used. */
export const settingsCheck: Check = once('settings', (context) => {
  const { problems, rules } = context;
  if (problems.length > 0) return problems.map((problem) => refused(problem, context));
  const given = new Set(rules.flatMap((rule) => [...rule.given]));
  const names = [...given].map(variableOf).toSorted();
  return [pass(names.length === 0 ? 'all at their defaults' : `set are ${names.join(', ')}`)];
});

function refused(problem: ConfigProblem, context: Context): Bare {
  const { option, value, reason, check = 'config-file-invalid', fixes = [] } = problem;
  return fail(check, {
    seen: value === undefined ? `${option} ${reason}` : `${option}=${value} ${reason}`,
    remedy: 'correct the setting: rehup does not start with it',
    remedies: fixes.map((fix) => toRemedy(context, '', fix)),
  });
}

/** What was written has an effect. */
export const effectCheck: Check = perRule('settings', (rule, context) => [
  ...findMoot(rule, context),
  ...findOverridden(rule, context),
  ...findDryRun(rule, context),
]);

type Moot = { option: OptionName; because: string };

function findMoot(rule: RuleContext, context: Context): Bare[] {
  return listMoot(rule)
    .filter(({ option }) => rule.given.has(option) && isSaid(rule, option, context))
    .map(({ option, because }) =>
      withoutEffect(`${variableOf(option)} has no effect ${because}`, option, { rule, context }),
    );
}

/** In a file, what stands for all rules may be of use to another one. */
function isSaid({ name }: RuleContext, option: OptionName, { raw, rules }: Context): boolean {
  if (rules.length < 2) return true;
  const own = raw.file?.rules.find((rule) => rule.name === name);
  return own?.values[option] !== undefined;
}

function listMoot({ settings, acting }: RuleContext): Moot[] {
  const { watchMode, target, retries, restart, onFailure, prompt } = settings;
  const { url, exec, readyUrl, verifyUrl, validateExec, render } = settings;
  const { kind } = acting.action;
  const asks = [url, exec, readyUrl, verifyUrl, validateExec, render].some(
    (one) => one !== undefined,
  );
  return [
    ...moot(watchMode === 'inotify', 'beside REHUP_WATCH_MODE=inotify', 'poll'),
    ...moot(
      target.by === 'container' || target.by === 'pidfile',
      `beside REHUP_TARGET=${formatTargetSpec(target)}, which is one process`,
      'select',
    ),
    ...moot(kind !== 'signal', 'where no signal is sent', 'requireHandler'),
    ...moot(
      restart === undefined && onFailure === undefined,
      'without REHUP_RESTART or REHUP_ON_FAILURE',
      'grace',
    ),
    ...moot(
      restart === undefined && onFailure === undefined && settings.publish === undefined,
      'without REHUP_RESTART, REHUP_ON_FAILURE or REHUP_PUBLISH',
      'restartTimeout',
    ),
    ...moot(restart === 'pod', 'beside REHUP_RESTART=pod: the kubelet sends SIGKILL', 'grace'),
    ...moot(restart === 'pod', 'beside REHUP_RESTART=pod, which is about all', 'target', 'select'),
    ...moot(
      restart !== 'container' && onFailure === undefined,
      'without REHUP_RESTART=container or REHUP_ON_FAILURE',
      'stopSignal',
    ),
    ...moot(!asks, 'where neither a URL is called nor a program run', 'timeout'),
    ...moot(retries === 0, 'beside REHUP_RETRIES=0', 'retryDelay', 'retryMaxDelay'),
    ...moot(!prompt, 'without REHUP_PROMPT', 'promptSplay'),
    ...moot(settings.retryDelay > settings.retryMaxDelay, overCeiling, 'retryDelay'),
  ];
}

function moot(applies: boolean, because: string, ...names: OptionName[]): Moot[] {
  return applies ? names.map((option) => ({ option, because })) : [];
}

const overCeiling = 'beyond its ceiling REHUP_RETRY_MAX_DELAY, which is shorter';

type Where = { rule: RuleContext; context: Context };

function withoutEffect(seen: string, option: OptionName, { rule, context }: Where): Bare {
  return warn('setting-without-effect', {
    seen,
    remedy: 'remove the setting, or set what it needs',
    remedies: [{ changes: [unset(context, rule.name, variableOf(option))] }],
  });
}

/** A variable or flag holds for every rule, whatever the file says of one. */
function findOverridden(rule: RuleContext, { raw, container }: Context): Bare[] {
  const own = raw.file?.rules.find(({ name }) => name === rule.name)?.values ?? {};
  const names = Object.keys(own) as OptionName[];
  return names
    .filter((name) => raw.env[variableOf(name)] || raw.flags[name] !== undefined)
    .map((name) =>
      warn('setting-without-effect', {
        seen: `${name} of this rule in the configuration file has no effect: ${variableOf(name)} is set, and wins`,
        remedy: 'remove the setting, or set what it needs',
        remedies: [{ changes: [removeVariable(container, variableOf(name))] }],
      }),
    );
}

function findDryRun(rule: RuleContext, context: Context): Bare[] {
  if (!rule.settings.dryRun) return [];
  return [
    warn('dry-run', {
      seen: 'REHUP_DRY_RUN is set: everything is done but the action',
      remedy: 'remove REHUP_DRY_RUN when you have seen enough',
      remedies: [{ changes: [unset(context, rule.name, 'REHUP_DRY_RUN')] }],
    }),
  ];
}
