import { dirname } from 'node:path';
import type { Failure } from '../../sidecar/outcome.ts';
import { describeProcess } from '../../sidecar/target/containers.ts';
import { formatTargetSpec } from '../../config/target-spec.ts';
import type { Process } from '../../sidecar/target/processes.ts';
import { type Check, perRule } from '../check.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Bare, failAs, pass, warn } from '../finding.ts';
import { findInitContainers } from '../init-containers.ts';
import { appsIn, containerOf } from '../neighbours.ts';
import { addEmptyDir, addMount, type Remedy } from '../remedy.ts';
import { set } from '../settings.ts';

/** What keeps from seeing anybody, or anything of the app, is told by other checks. */
const ELSEWHERE: readonly Failure['check'][] = [
  'process-namespace-not-shared',
  'app-mounts-sub-path',
  'app-mounts-nothing',
];

/** There is one process to act on. */
export const targetCheck: Check = perRule('target', async (rule, context, signal) => {
  const { resolution, acting } = rule;
  if (rule.unwatched) return [];
  if ('failure' in resolution) {
    const { failure } = resolution;
    if (ELSEWHERE.includes(failure.check)) return [];
    if (!acting.action.needsTarget) {
      return [pass(`no process was found (${failure.reason}): ${acting.action.kind} needs none`)];
    }
    return [toFinding(failure, rule, context)];
  }
  const init = await findInitContainers(context, signal);
  const passing = resolution.targets.filter((target) => init.has(containerOf(target)));
  if (passing.length > 0) return passing.map((target) => inInit(target, rule, context, init));
  const held = resolution.targets.flatMap(({ pid }) => resolution.obstacles?.get(pid) ?? []);
  if (held.length > 0) return held.map((failure) => mayBeInit(failure, rule, context));
  const names = resolution.targets.map(describeProcess).join(', ');
  return [pass(`${names} by REHUP_TARGET=${formatTargetSpec(rule.settings.target)}`)];
});

function toFinding(failure: Failure, rule: RuleContext, context: Context): Bare {
  if (failure.check === 'app-not-running') {
    return warn(failure.check, { seen: failure.reason, remedy: failure.remedy ?? '' });
  }
  return failAs(failure, 'target-not-found', remediesFor(failure, rule, context));
}

function remediesFor(failure: Failure, rule: RuleContext, context: Context): Remedy[] {
  const { name, settings } = rule;
  const { target: spec } = settings;
  const apps = appsIn(context).map(containerOf);
  if (failure.check === 'pid-file-unusable' && spec.by === 'pidfile') {
    return apps.map((app) => sharePidFile(dirname(spec.path), app, context));
  }
  const isAmbiguous = failure.check === 'target-ambiguous';
  // Of several candidates, those are meant that the reason names.
  const meant = apps.filter((app) => !isAmbiguous || failure.reason.includes(`${app}/`));
  const targets = [failure.set?.['REHUP_TARGET'], ...meant.map((app) => `container:${app}`)];
  return [
    ...distinct(targets).map((target) => set(context, name, { REHUP_TARGET: target })),
    ...(isAmbiguous
      ? [set(context, name, { REHUP_SELECT: 'all' }, 'reloads every one of them')]
      : []),
  ];
}

function distinct(targets: readonly (string | undefined)[]): string[] {
  return [...new Set(targets)].filter((target) => target !== undefined);
}

function sharePidFile(directory: string, app: string, { container }: Context): Remedy {
  const volume = 'run';
  return {
    changes: [
      addEmptyDir(volume),
      addMount(app, volume, directory),
      addMount(container, volume, directory),
    ],
  };
}

/** It is left alone until it shows that it is none, or the target is named. */
function mayBeInit(failure: Failure, { name }: RuleContext, context: Context): Bare {
  return warn('target-in-init-container', {
    seen: failure.reason,
    remedy: failure.remedy ?? '',
    remedies: [set(context, name, failure.set ?? {})],
  });
}

function inInit(
  target: Process,
  { name }: RuleContext,
  context: Context,
  init: ReadonlyMap<string, 'known' | 'likely'>,
): Bare {
  const container = containerOf(target);
  const is = init.get(container) === 'known' ? 'is' : 'seems, by its name, to be';
  const apps = appsIn(context)
    .map(containerOf)
    .filter((app) => !init.has(app));
  const [app = '<app>'] = apps;
  return warn('target-in-init-container', {
    seen: `${describeProcess(target)} would be reloaded, but ${container} ${is} an init container: the app itself does not run yet`,
    remedy: `set REHUP_TARGET=container:${app}, so that nobody else is taken for the app; else wait until it runs`,
    remedies: [set(context, name, { REHUP_TARGET: `container:${app}` })],
  });
}
