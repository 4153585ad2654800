import type { BundledModule } from '../../test/support/bundle.ts';
import type { Resident } from './resident.ts';

const HEAD = `# What a sidecar at rest has loaded: all defaults, one reload, never scraped. Its source text, and what V8
# makes of it, are the part of a pod's memory that is ours. kB are of code that is not minified.
# Written by npm run resident; a test compares. A line more is memory in every pod: is it worth it?
`;

export function formatResident({ modules, builtins }: Resident): string {
  const groups = Map.groupBy(modules, ({ path }) => ownerOf(path));
  const names = [...groups.keys()].toSorted();
  const sections = names.map((name) => formatGroup(name, groups.get(name) ?? []));
  const node = ['node', ...builtins.toSorted().map((id) => `       ${id}`)].join('\n');
  return [HEAD, ...sections, node, ''].join('\n');
}

function formatGroup(name: string, modules: readonly BundledModule[]): string {
  const all = modules.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = modules.map(({ path, bytes }) => `${toKb(bytes).padStart(6)} ${path}`);
  return [`${name}: ${modules.length} modules, ${toKb(all)} kB`, ...lines, ''].join('\n');
}

const toKb = (bytes: number): string => (bytes / 1000).toFixed(1);

/** The package, or the room of the source. */
function ownerOf(path: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path) ?? [];
  return name ?? /^(?:src\/[^/]+\/|cmd\/)/.exec(path)?.[0] ?? 'other';
}

/** Every line of these that names a module, with its size. */
function readLines(text: string): Map<string, number> {
  const lines = text.split('\n').flatMap((line) => {
    const [, kb = '0', path] = /^ +(?:([\d.]+) )?(\S+)$/.exec(line) ?? [];
    return path === undefined ? [] : [[path, Number(kb)] as const];
  });
  return new Map(lines);
}

/** Small changes of a module are no news. */
const TOLERANCE_KB = 2;

/** How what is loaded differs from what is written down: a line for each module. */
export function compareResident(written: string, resident: Resident): string[] {
  const before = readLines(written);
  const now = readLines(formatResident(resident));
  return [
    ...[...now.keys()].filter((path) => !before.has(path)).map((path) => `more: ${path}`),
    ...[...before.keys()].filter((path) => !now.has(path)).map((path) => `no more: ${path}`),
    ...[...now].flatMap(([path, kb]) => {
      const was = before.get(path) ?? kb;
      return Math.abs(kb - was) > TOLERANCE_KB ? [`${path}: ${was} kB, now ${kb} kB`] : [];
    }),
  ];
}
