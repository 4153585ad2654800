import { basename } from 'node:path';
import { exitCodes } from '../../system/errors.ts';
import { asRecord } from '../../system/plain.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import type { Pod } from '../../kubernetes/types.ts';
import { findArguments } from '../lint/settings/arguments.ts';
import type { Container } from '../manifest/container.ts';
import { readPod } from '../manifest/pod.ts';
import { findSidecar } from '../manifest/sidecar.ts';

/** The rehup of a pod. */
export type Sidecar = {
  container: string;
  /** What the manifest gives it as arguments, but for the command: `--listen`, `:9533`. */
  flags: readonly string[];
  /** The variables that are written out in the manifest. */
  env: Readonly<Record<string, string>>;
};

/** A pod, and the rehup in it. */
export type Asked = { pod: Pod; sidecar: Sidecar };

/** By its image, its name, its settings or its command; `undefined` where there is none. */
export function findSidecarOf(pod: Pod): Sidecar | undefined {
  const spec = readPod(asRecord(pod.spec), [], []);
  const found = findSidecar(spec) ?? spec.containers.find(startsRehup);
  // An init container that has ended is none that can be asked.
  return found === undefined || found.role === 'init' ? undefined : describe(found);
}

/**
 * The same, or the container that somebody names.
 *
 * @throws FatalError where there is none.
 */
export function requireSidecar(pod: Pod, name: string | undefined): Sidecar {
  const { containers } = readPod(asRecord(pod.spec), [], []);
  const found =
    name === undefined
      ? findSidecarOf(pod)
      : containers.filter((one) => one.name === name).map(describe)[0];
  if (found !== undefined) return found;
  const names = containers.map((one) => one.name).join(', ');
  const where = `pod ${pod.metadata.name} in namespace ${pod.metadata.namespace}`;
  if (name !== undefined) {
    throw fatal({
      message: `there is no container ${name} in ${where}`,
      remedy: `name one of: ${names}`,
      exitCode: exitCodes.configuration,
    });
  }
  throw fatal({
    message: `there is no rehup in ${where}; its containers: ${names}`,
    remedy:
      'if one of them is rehup, name it with --container; else add it: kubectl get WORKLOAD -o yaml | rehup inject -',
  });
}

function startsRehup({ command, args }: Container): boolean {
  return [...command, ...args].some((word) => /^rehup(?:\.[cm]js)?$/.test(basename(word)));
}

const COMMANDS = ['run', 'once'];

function describe(container: Container): Sidecar {
  const words = (findArguments(container) ?? []).map(({ text }) => text);
  const variables = container.variables.flatMap(({ name, value }) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  const env = Object.fromEntries(variables);
  const flags = COMMANDS.includes(words[0] ?? '') ? words.slice(1) : words;
  return { container: container.name, flags: flags.map((word) => expand(word, env)), env };
}

/** As the kubelet does with `$(NAME)`; what it does not know stays as it is. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\((\w+)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? whole),
  );
}
