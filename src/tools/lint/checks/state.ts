import { STATE_VOLUME } from '../../manifest/conventions.ts';
import type { Edit } from '../../manifest/edit.ts';
import { findVolume } from '../../manifest/pod.ts';
import { isUpdated, type Mount, mountOf } from '../../manifest/volume.ts';
import { addMount, addVolume, changeSettings } from '../edits.ts';
import type { Remedy } from '../finding.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';

/** Whether what rehup remembers outlives its container. */
export const stateChecks: readonly Check[] = [
  {
    id: 'state-directory-not-writable',
    severity: 'warning',
    summary: 'REHUP_STATE_DIR is where rehup cannot write',
    find: (subject) => {
      const state = readState(subject);
      if (state === undefined || isLost(subject, state)) return [];
      const { directory, mount, isUpdated: fixed } = state;
      if (mount !== undefined && !fixed && !mount.readOnly) return [];
      const where =
        mount === undefined
          ? 'is in no volume, and the root file system is read-only'
          : `is in the volume ${mount.name}, which is mounted read-only`;
      const remedy =
        mount === undefined || fixed
          ? addEmptyDir(subject, fixed ? '/var/lib/rehup' : directory)
          : { text: 'mount it writable', edits: [writable(mount)] };
      return [
        {
          path: mount?.path ?? variablePath(subject),
          message: `REHUP_STATE_DIR ${directory} ${where}`,
          why: 'rehup goes on without: after a restart of its container, start times alone decide what was missed, and its socket for rehup trigger is missing',
          remedies: [remedy],
        },
      ];
    },
  },
  {
    id: 'state-directory-not-kept',
    severity: 'warning',
    summary: 'REHUP_STATE_DIR is in no volume: what is in it is lost when the container restarts',
    find: (subject) => {
      const state = readState(subject);
      if (state === undefined || !isLost(subject, state)) return [];
      return [
        {
          path: variablePath(subject),
          message: `REHUP_STATE_DIR ${state.directory} is in no volume`,
          why: 'what is in the container is gone when it restarts, and that is what the directory is for',
          remedies: [addEmptyDir(subject, state.directory)],
        },
      ];
    },
  },
];

type State = {
  directory: string;
  /** What it lies in, if that is a volume. */
  mount: Mount | undefined;
  /** The kubelet writes that volume, and nobody else may. */
  isUpdated: boolean;
};

function readState({ pod, rehup, settings }: Subject): State | undefined {
  const directory = settings.global?.stateDir;
  if (directory === undefined) return undefined;
  const mount = mountOf(directory, rehup.mounts);
  const volume = mount && findVolume(pod, mount.name);
  return { directory, mount, isUpdated: volume !== undefined && isUpdated(volume) };
}

/** Written, but into the container itself. */
function isLost({ rehup }: Subject, { mount }: State): boolean {
  return mount === undefined && rehup.security['readOnlyRootFilesystem'] !== true;
}

function writable({ path }: Mount): Edit {
  return { path: [...path, 'readOnly'], value: false };
}

function variablePath({ settings, rehup }: Subject): readonly (string | number)[] {
  return settings.written.environment.origins.get('REHUP_STATE_DIR')?.valuePath ?? rehup.path;
}

function addEmptyDir(subject: Subject, mountPath: string): Remedy {
  const moved = subject.settings.global?.stateDir !== mountPath;
  const edits: Edit[] = [
    ...addVolume(subject, { name: STATE_VOLUME, emptyDir: {} }),
    ...addMount(subject, subject.rehup, { name: STATE_VOLUME, mountPath }),
    ...(moved ? (changeSettings(subject, { stateDir: mountPath }) ?? []) : []),
  ];
  return { text: 'mount an emptyDir there', edits };
}
