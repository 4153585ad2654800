import type { ContainerPlace, ExecInPod } from '../../kubernetes/exec.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { showText } from '../../system/show.ts';

/** What a command of rehup in a container prints. @throws FatalError with what it says where it fails. */
export async function runForOutput(
  exec: ExecInPod,
  {
    place,
    words,
    accept = [0],
  }: { place: ContainerPlace; words: readonly string[]; accept?: readonly number[] },
  signal: AbortSignal,
): Promise<string> {
  let out = '';
  let said = '';
  const streams = {
    stdout: { write: (piece: string) => (out += piece) },
    stderr: { write: (piece: string) => (said += piece) },
  };
  const code = await exec(place, words, streams, signal);
  if (accept.includes(code)) return out;
  const [line = ''] = said.trim().split('\n', 1);
  const [, remedy] = /^remedy: (.*)$/m.exec(said) ?? [];
  const { namespace, pod, container } = place;
  throw fatal({
    message: showText(line.replace(/^rehup: /, '')) || `rehup left with ${code}`,
    remedy:
      remedy === undefined
        ? `look at the log: kubectl -n ${namespace} logs ${pod} -c ${container}`
        : showText(remedy),
  });
}
