import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { readConfig } from '../config/follow.ts';
import type { RawInput } from '../config/load.ts';
import type { Settings } from '../config/options.ts';
import { errorCode, type ExitCode, exitCodes, FatalError, toError } from '../errors.ts';
import { socketPath } from '../ops/endpoints.ts';
import { isSettled } from '../outcome.ts';
import type { TriggerResult } from '../trigger.ts';

type Output = { stdout: { write: (text: string) => unknown } };

/** Asks the rehup of this pod for a reload, prints what came of it, one line per rule. */
export async function runTrigger(
  input: Omit<RawInput, 'file'>,
  { stdout }: Output,
): Promise<ExitCode> {
  const { settings } = await readConfig(input);
  const result = await ask(settings);
  for (const { rule, outcome, reason, remedy } of result) {
    const why = reason === undefined ? '' : `: ${reason}`;
    const help = remedy === undefined ? '' : `\n  remedy: ${remedy}`;
    stdout.write(`${rule}: ${outcome}${why}${help}\n`);
  }
  return result.every(({ outcome }) => isSettled(outcome))
    ? exitCodes.stopped
    : exitCodes.reloadFailed;
}

/** The socket in the state directory where there is one, else the port on loopback. */
async function ask(settings: Settings): Promise<TriggerResult> {
  const address = findAddress(settings);
  try {
    return await new Promise((resolve, reject) => {
      request({ ...address, method: 'POST', path: '/trigger' }, (response) => {
        if (response.statusCode === 200) resolve(json(response) as Promise<TriggerResult>);
        else reject(new Error(`it answered with status ${response.statusCode}`));
      })
        .on('error', reject)
        .end();
    });
  } catch (error) {
    throw new FatalError(
      `no rehup can be asked for a reload: ${errorCode(error) ?? toError(error).message}`,
      exitCodes.reloadFailed,
      { cause: error },
    );
  }
}

function findAddress({
  stateDir,
  listen,
}: Settings): { socketPath: string } | { host: string; port: number } {
  if (stateDir !== undefined && existsSync(socketPath(stateDir))) {
    return { socketPath: socketPath(stateDir) };
  }
  if (listen !== 'off') return { host: loopbackFor(listen.host), port: listen.port };
  throw new FatalError(
    'a running rehup cannot be asked: REHUP_LISTEN is off and REHUP_STATE_DIR is not set; set one of them',
    exitCodes.configuration,
  );
}

/** A daemon that listens on all addresses is asked over loopback. */
function loopbackFor(host: string | undefined): string {
  return host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
