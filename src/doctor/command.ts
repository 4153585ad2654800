import { systemClock } from '../system/clock.ts';
import type { RawInput } from '../config/load.ts';
import { hostname } from 'node:os';
import { createOwnPodOpener, type OpenOwnPod } from '../kubernetes/own-pod.ts';
import { askDaemon } from './daemon.ts';
import { checks } from './checks.ts';
import { examine } from './examine.ts';
import { gather, tryToLoad } from './gather.ts';
import { renderJson } from './report/json.ts';
import { renderText, showsUnicode } from './report/text.ts';
import { type ExitCode, exitCodes } from '../system/errors.ts';
import { version } from '../config/version.ts';

export type DoctorOutput = 'text' | 'json';

type Parts = {
  stdout: { write: (text: string) => unknown };
  colors: boolean;
  output: DoctorOutput;
  signal: AbortSignal;
};

/** Looks at everything that a reload needs, and says what is wrong and what to change. */
export async function runDoctor(
  input: Omit<RawInput, 'file'>,
  { stdout, colors, output, signal }: Parts,
): Promise<ExitCode> {
  const loaded = await tryToLoad(input);
  const daemon = loaded.config && (await askDaemon(loaded.config.settings));
  const context = await gather({
    loaded,
    daemon,
    clock: systemClock,
    openOwnPod: createOpener(input.env),
  });
  const findings = await examine(checks, context, signal);
  const unicode = showsUnicode(input.env);
  stdout.write(
    output === 'json'
      ? renderJson(findings, version)
      : renderText(findings, { version, unicode, colors }),
  );
  return findings.some(({ status }) => status === 'fail') ? exitCodes.findings : exitCodes.stopped;
}

/**
 * Asked once, whatever comes of it. Where nothing that is configured needs the API, the host name will do
 * for the name of the pod.
 */
function createOpener(env: RawInput['env']): OpenOwnPod {
  const open = createOwnPodOpener({ ...env, POD_NAME: env['POD_NAME'] || hostname() });
  let opened: ReturnType<OpenOwnPod> | undefined;
  return (signal) => (opened ??= open(signal));
}
