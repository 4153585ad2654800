import { errorCode } from '../../system/errors.ts';
import { hasKillInVain } from '../../system/proc/status.ts';
import { describeProcess, entryProcessOf } from '../../sidecar/target/containers.ts';
import { guardPermission, refused } from '../../sidecar/target/guard.ts';
import type { Process } from '../../sidecar/target/processes.ts';
import { type Check, perRule } from '../check.ts';
import type { Context } from '../context.ts';
import { type Bare, failAs, pass } from '../finding.ts';
import { containerOf } from '../neighbours.ts';
import { containerField, type Remedy } from '../remedy.ts';

/** The kernel lets rehup signal the target. It is asked with signal 0, which does nothing. */
export const permissionCheck: Check = perRule('permission', ({ acting, resolution }, context) => {
  const { kind, needsTarget } = acting.action;
  if (!needsTarget || !('targets' in resolution)) return [];
  return resolution.targets.map((target) =>
    checkTarget(kind === 'restart' ? entryFor(target, context) : target, context),
  );
});

/** A restart ends the process that the runtime started, which may be an init wrapper. */
function entryFor(target: Process, { processes }: Context): Process {
  const members = processes.filter(({ container }) => container.id === target.container.id);
  return target.container.id === undefined ? target : (entryProcessOf(members) ?? target);
}

function checkTarget(target: Process, context: Context): Bare {
  const { self } = context;
  const failure = guardPermission(target, self) ?? tryZero(target, self);
  const uid = self.process.status.uid?.effective;
  if (failure) return failAs(failure, 'other-uid', remediesFor(target, context));
  const spare = hasKillInVain(self.process.status)
    ? '; the capability KILL has no effect without root, and can be left away'
    : '';
  return pass(`uid ${uid} may signal ${describeProcess(target)}${spare}`);
}

function tryZero(target: Process, self: Context['self']): ReturnType<typeof refused> | undefined {
  try {
    process.kill(target.pid, 0);
    return undefined;
  } catch (error) {
    // It has ended meanwhile: then there is nothing to say of it.
    return errorCode(error) === 'EPERM' ? refused(target, self) : undefined;
  }
}

function remediesFor(target: Process, { container, self }: Context): Remedy[] {
  const { real } = target.status.uid ?? {};
  const ours = self.process.status.uid?.effective;
  const asApp = (uid: number): Remedy => ({
    changes: [containerField(container, 'securityContext.runAsUser', uid)],
    note: 'Pod Security: allowed by restricted',
  });
  const asRoot = (capabilities: object, note: string): Remedy => ({
    changes: [
      containerField(container, 'securityContext', {
        runAsUser: 0,
        runAsNonRoot: false,
        allowPrivilegeEscalation: false,
        capabilities,
      }),
    ],
    note,
  });
  const byBaseline = 'Pod Security: allowed by baseline, not by restricted';
  if (real === undefined || ours === undefined) return [];
  if (real !== 0) {
    return [asApp(real), asRoot({ drop: ['ALL'], add: ['KILL'] }, byBaseline)];
  }
  return [
    {
      changes: [containerField(containerOf(target), 'securityContext.runAsUser', ours)],
      note: 'Pod Security: allowed by restricted; the app must be able to run without root',
    },
    asRoot({ drop: ['ALL'] }, byBaseline),
  ];
}
