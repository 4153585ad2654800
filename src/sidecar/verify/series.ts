type Labels = ReadonlyMap<string, string>;

/**
 * The sum of the samples of a metric, on a page in the Prometheus text format. Only those count that have
 * all of the labels that are named.
 *
 * @param series `workers`, `workers{state="draining"}`
 * @returns `undefined` where there is no such sample.
 */
export function sumSeries(page: string, series: string): number | undefined {
  const wanted = parseSeries(series);
  const values = page.split('\n').flatMap((line) => {
    if (!line.startsWith(wanted.name)) return [];
    const [, sample = '', value] = /^([^\s{]+(?:\{.*\})?)\s+(\S+)/.exec(line) ?? [];
    const { name, labels } = parseSeries(sample);
    if (value === undefined || name !== wanted.name) return [];
    const fits = [...wanted.labels].every(([label, text]) => labels.get(label) === text);
    return fits ? [Number(value)] : [];
  });
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

function parseSeries(text: string): { name: string; labels: Labels } {
  const [, name = '', inner = ''] = /^([^\s{]*)(?:\{(.*)\})?$/s.exec(text) ?? [];
  const pairs = inner.matchAll(/(?<!\w)([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g);
  return { name, labels: new Map([...pairs].map(([, label = '', value = '']) => [label, value])) };
}
