/**
 * Reads a file of variables by the rules that the kubelet has for `fileKeyRef` (KEP-3721, Kubernetes 1.35): a value
 * stands in single quotes, as it is, over several lines if need be; a comment may follow. Line by line, as a Go
 * scanner does: the carriage return at the end of a line is lost, and a line of 64 KiB is none.
 */
export function readKubeletEnvFile(text: string, key: string): string | undefined {
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines.some((line) => Buffer.byteLength(line) >= 64 * 1024)) throw new Error('a long line');
  const scanned = lines.map((line) => line.replace(/\r$/, ''));
  for (let at = 0; at < scanned.length; at += 1) {
    const first = (scanned[at] ?? '').replace(/^[ \t]+/, '');
    if (first === '' || first.startsWith('#')) continue;
    const equals = first.indexOf('=');
    if (equals < 1) throw new Error(`invalid at line ${at + 1}`);
    const name = first.slice(0, equals);
    if (/\s$/.test(name)) throw new Error(`whitespace before = at line ${at + 1}`);
    let rest = first.slice(equals + 1);
    if (!rest.startsWith("'")) throw new Error(`not in single quotes at line ${at + 1}`);
    rest = rest.slice(1);
    while (!rest.includes("'")) {
      at += 1;
      const next = scanned[at];
      if (next === undefined) throw new Error('never closed');
      rest += `\n${next}`;
    }
    const close = rest.indexOf("'");
    if (!/^[ \t]*(?:#.*)?$/.test(rest.slice(close + 1))) throw new Error(`more at line ${at + 1}`);
    if (name === key) return rest.slice(0, close);
  }
  return undefined;
}
