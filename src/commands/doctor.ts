import { systemClock } from '../clock.ts';
import { readConfig } from '../config/follow.ts';
import { findConfigFile, type RawInput } from '../config/load.ts';
import { askDaemon } from '../doctor/daemon.ts';
import { checks } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import { gather, tryToLoad } from '../doctor/gather.ts';
import { renderJson } from '../doctor/report/json.ts';
import { renderText, showsUnicode } from '../doctor/report/text.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { version } from '../version.ts';

export type DoctorOutput = 'text' | 'json';

type Parts = {
  stdout: { write: (text: string) => unknown };
  output: DoctorOutput;
  signal: AbortSignal;
};

/** Looks at everything that a reload needs, and says what is wrong and what to change. */
export async function runDoctor(
  input: Omit<RawInput, 'file'>,
  { stdout, output, signal }: Parts,
): Promise<ExitCode> {
  const loaded = await tryToLoad(async () => await readConfig(input));
  const settings = 'config' in loaded ? loaded.config.settings : undefined;
  const context = await gather({
    raw: input,
    configFile: findConfigFile(input),
    loaded,
    clock: systemClock,
    daemon: settings && (await askDaemon(settings)),
    openOwnPod: undefined,
  });
  const findings = await examine(checks, context, signal);
  const unicode = showsUnicode(input.env);
  stdout.write(
    output === 'json' ? renderJson(findings, version) : renderText(findings, { version, unicode }),
  );
  return findings.some(({ status }) => status === 'fail') ? exitCodes.findings : exitCodes.stopped;
}
