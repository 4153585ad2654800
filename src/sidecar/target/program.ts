import { basename } from 'node:path';
import { RELOADERS, WRITERS } from '../../config/reloaders.ts';
import {
  COMPANIONS,
  INIT_WRAPPERS,
  SUPERVISOR_PARTS,
  type Supervisor,
  SUPERVISORS,
} from '../../config/supervisors.ts';
import type { Process } from './process.ts';

type Named = Pick<Process, 'comm' | 'argv'>;

/** What runs a script, which then gives the program its name. */
const INTERPRETER = /^(?:python|ruby|node|perl|sh|bash|dash|ash|busybox)[\d.]*$/;

/** The names that a process may be known by: the kernel's, the program's, and that of its script. */
export function namesOf({ comm, argv }: Named): string[] {
  // Some write a title in place of their command line: `nginx: master process …`.
  const [program = '', ...words] = argv.map((word) => basename(word.split(/[\s:]/, 1)[0] ?? ''));
  const names = [comm, program];
  if (!INTERPRETER.test(program)) return names;
  const script = words.find((_, index) => !(argv[index + 1] ?? '').startsWith('-'));
  return script === undefined ? names : [...names, script];
}

function isOneOf(names: readonly string[], process: Named): boolean {
  return namesOf(process).some((name) => names.includes(name));
}

export function isWrapper(process: Named): boolean {
  return isOneOf(INIT_WRAPPERS, process);
}

export function isReloader(process: Named): boolean {
  return isOneOf(RELOADERS, process);
}

export function isCompanion(process: Named): boolean {
  return isOneOf(COMPANIONS, process);
}

/** It is there to run the programs, and is none of them. */
export function isMachinery(process: Named): boolean {
  return (
    isWrapper(process) ||
    isOneOf(SUPERVISOR_PARTS, process) ||
    findSupervisor(process) !== undefined
  );
}

export function isWriter(process: Named): boolean {
  const [, verb = ''] = process.argv;
  return namesOf(process).some(
    (name) => WRITERS.includes(name) || WRITERS.includes(`${name} ${verb}`),
  );
}

export function findSupervisor(process: Named): Supervisor | undefined {
  const names = namesOf(process);
  // Its daemon calls itself `PM2 v5.3.0: God Daemon (/root/.pm2)`.
  const title = process.comm.startsWith('PM2 v') ? ['pm2'] : [];
  return SUPERVISORS.find(({ program }) => [...names, ...title].includes(program));
}

const SHELL = /^-?(?:sh|bash|ash|dash|zsh|ksh|fish)$/;
const WAITING = ['tail', 'sleep', 'cat', 'wait'];

/** A shell itself, and no program that it was started as. */
export function isShell(process: Named): boolean {
  return namesOf(process).some((name) => SHELL.test(name));
}

/** It does nothing but wait, as scripts have it do. */
export function isIdle(process: Named): boolean {
  return isShell(process) || isOneOf(WAITING, process);
}
