import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A suite of integration tests that `npm test` leaves out. */
export type HeavySuite = (typeof HEAVY)[number]['name'];

/**
 * To the first of them belongs a file that is one of these, is in one of these folders, or imports one,
 * itself or through others.
 */
const HEAVY = [
  { name: 'programs', standsOn: ['test/integration/programs/'] },
  { name: 'browser', standsOn: ['test/support/browser.ts'] },
  { name: 'namespaces', standsOn: ['test/support/pod-scene.ts', 'test/support/pod-network.ts'] },
] as const;

/** The names of all of them, which are those of their commands: `npm run test:NAME`. */
export const heavySuites: readonly HeavySuite[] = HEAVY.map(({ name }) => name);

/** The test files of each heavy suite, and all others, as paths from the root of the project. */
export function findSuites(root: string): Record<HeavySuite | 'integration', string[]> {
  const suites: ReturnType<typeof findSuites> = {
    integration: [],
    programs: [],
    browser: [],
    namespaces: [],
  };
  const importsOf = createImports(root);
  for (const file of globSync('test/integration/**/*.test.ts', { cwd: root }).toSorted()) {
    const used = [...collect(file, importsOf)];
    const heavy = HEAVY.find(({ standsOn }) =>
      standsOn.some((place) => used.some((path) => path.startsWith(place))),
    );
    suites[heavy?.name ?? 'integration'].push(file);
  }
  return suites;
}

/** The file itself, and all that it imports from the tests. */
function collect(file: string, importsOf: (file: string) => readonly string[]): Set<string> {
  const found = new Set([file]);
  for (const each of found) for (const imported of importsOf(each)) found.add(imported);
  return found;
}

function createImports(root: string): (file: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const imports = known.get(file) ?? readImports(root, file);
    known.set(file, imports);
    return imports;
  };
}

function readImports(root: string, file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import .*|export .*|\}) from '(\.{1,2}\/[^']+)';$/gm)]
    .map(([, path = '']) => join(dirname(file), path))
    .filter((path) => path.startsWith('test/'));
}
