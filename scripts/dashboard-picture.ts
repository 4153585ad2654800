// Draws docs/dashboard.svg: npm run picture. Three real rehups are updated for some minutes while a
// Prometheus scrapes them; the queries are those of the dashboard. It is not a screenshot of Grafana.
//
// PROMETHEUS names the program, where it is not on the PATH (Debian: the package prometheus).
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { createTempDir } from '../test/support/temp-dir.ts';
import { drawDashboard, type Drawn, type Panel } from './picture/draw.ts';
import { type Prometheus, type Range, startPrometheus } from './picture/prometheus.ts';
import { type Pod, startPod } from './picture/scene.ts';

const MINUTES = 4;
const STEP_S = 5;
const FIRST_PORT = 19_533;

/** It holds what is not valid. */
const SPOILT = 'web-2';

const root = new URL('..', import.meta.url);
const { panels } = JSON.parse(
  readFileSync(new URL('examples/monitoring/dashboard.json', root), 'utf8'),
) as { panels: readonly (Panel & { targets: readonly Target[] })[] };

type Target = { expr: string; legendFormat: string };

/** One update every few seconds; the app of one pod refuses for a minute, and another one gets what is not valid. */
async function play(pods: readonly Pod[]): Promise<void> {
  const [first, spoilt, last] = pods;
  for (let second = 0; second < MINUTES * 60; second += 4) {
    last?.fail(second >= 100 && second < 160);
    const isSpoilt = second >= 60 && second < 92;
    const pod = isSpoilt ? first : pods[Math.floor(Math.random() * pods.length)];
    if (second === 100) await last?.update();
    else if (second === 60) await spoilt?.spoil();
    else if (second === 92) await spoilt?.update();
    else if (second % 28 === 0) await pod?.swap();
    else await pod?.update();
    await delay(4000);
  }
}

/** As Grafana does, with "All" selected. */
function withVariables(expression: string): string {
  return expression
    .replaceAll(/\$(?:namespace|pod|rule)\b/g, '.*')
    .replaceAll(/\$__interval\b/g, `${STEP_S}s`)
    .replaceAll(/\$__range\b/g, `${MINUTES * 60}s`);
}

async function ask(
  prometheus: Prometheus,
  panel: Panel & { targets: readonly Target[] },
  range: Range,
): Promise<Drawn> {
  const answers = panel.targets.map(async ({ expr, legendFormat }) => {
    const query = withVariables(expr);
    const found =
      panel.type === 'timeseries'
        ? await prometheus.queryRange(query, range)
        : await prometheus.query(query, range.to);
    return found.map((series) => ({
      ...series,
      name: legendFormat.replaceAll(
        /\{\{(\w+)\}\}/g,
        (_match, label: string) => series.labels[label] ?? '',
      ),
    }));
  });
  return { panel, series: (await Promise.all(answers)).flat() };
}

await using stack = new AsyncDisposableStack();
const folder = stack.use(await createTempDir('rehup-picture-'));
const names = ['web-1', SPOILT, 'api-1'];
const pods = await Promise.all(
  names.map((name, index) =>
    startPod(name, { port: FIRST_PORT + 1 + index, publishes: name === SPOILT }),
  ),
);
for (const pod of pods) stack.use(pod);
const program = process.env['PROMETHEUS'] ?? 'prometheus';
const options = { program, folder: folder.path, port: FIRST_PORT };
const prometheus = stack.use(await startPrometheus(options, pods));
await delay(5000);
const from = Math.floor(Date.now() / 1000);
await play(pods);
const range = { from, to: Math.floor(Date.now() / 1000), step: STEP_S };
const drawn = await Promise.all(panels.map((panel) => ask(prometheus, panel, range)));
const caption = `Not a screenshot of Grafana: drawn by scripts/dashboard-picture.ts with the queries of dashboard.json, from a Prometheus that scraped three rehups for ${MINUTES} minutes.`;
writeFileSync(new URL('docs/dashboard.svg', root), drawDashboard(drawn, range, caption));
