import { execaSync } from 'execa';
import { rehupCommand } from './start-rehup.ts';

/** Something that a machine may not allow. The reason stands in the title of what is skipped. */
export interface Ability {
  readonly missing: boolean;
  /** Goes to the end of a title; empty where nothing is missing. */
  readonly note: string;
}

export function createAbility(isThere: boolean, reason: string): Ability {
  const note = isThere ? '' : ` (skipped: ${reason})`;
  return { missing: !isThere, note };
}

/** Whether a command ends well here. */
export function works(command: readonly string[]): boolean {
  return tryCommand(command) === 0;
}

/** Whether there is such a program; what it says to `--version` does not matter. */
export function isInstalled(name: string): boolean {
  return tryCommand([name, '--version']) !== undefined;
}

function tryCommand([file = '', ...args]: readonly string[]): number | undefined {
  return execaSync(file, args, { stdio: 'ignore', reject: false }).exitCode;
}

/** A uid without any rights of its own. */
export function asUser(uid: number): string[] {
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
}

export const otherUsers = createAbility(
  works([...asUser(65_534), ...rehupCommand(['--version'])]),
  'it takes root and setpriv to run as another uid',
);

export const userNamespaces = createAbility(
  works([
    'unshare',
    '--user',
    '--map-root-user',
    'test',
    '-w',
    '/proc/sys/user/max_inotify_watches',
  ]),
  'no user namespace can be made here',
);

export const pidNamespaces = createAbility(
  works([
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--mount-proc',
    'mount',
    '-t',
    'tmpfs',
    'tmpfs',
    '/mnt',
  ]),
  'it takes root and unshare to make a PID namespace',
);

export const chosenPids = createAbility(
  works([
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--mount-proc',
    '/bin/sh',
    '-c',
    'echo 1000 > /proc/sys/kernel/ns_last_pid',
  ]),
  'it takes root, unshare and ns_last_pid to choose a pid in a PID namespace',
);

export const python = createAbility(works(['python3', '--version']), 'no python3 is installed');

export const terminal = createAbility(
  works(['script', '--quiet', '--return', '--command', 'stty size', '/dev/null']),
  'it takes script and stty to have a terminal',
);

export const openssl = createAbility(works(['openssl', 'version']), 'no openssl is installed');
