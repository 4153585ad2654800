// What CI and the release may do, and what they run.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: object;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = globSync('.github/workflows/*.yml', { cwd: root }).toSorted();

/** What a job may have beyond reading the repository. */
const GRANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'release.yml build': { packages: 'write' },
  'release.yml verify': { packages: 'read' },
  'release.yml publish': { packages: 'write', 'id-token': 'write' },
};

describe.each(files)('%s', (file) => {
  const text = read(file);
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  it('may read the repository, and no job may do more than it has to', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const [name, { permissions = { contents: 'read' } }] of jobs) {
      const grants = GRANTS[`${file.replace('.github/workflows/', '')} ${name}`];
      expect({ name, permissions }).toEqual({ name, permissions: { contents: 'read', ...grants } });
    }
  });

  it('pins every action by commit, with the release beside it', () => {
    const used = text.match(/^.*\buses:.*$/gm) ?? [];
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) {
      expect(line).toMatch(/uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it('leaves no token in the clone', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const { with: inputs } of checkouts) {
      expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('puts nothing into a script that others may have written', () => {
    // A matrix stands in the same file.
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{(?! matrix\.)/);
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(Object.keys(workflow.on)).not.toContain('workflow_run');
  });

  it('ends by itself', () => {
    for (const [name, job] of jobs) expect({ name, ...job }).toHaveProperty('timeout-minutes');
  });
});

describe('the release', () => {
  const release = read('.github/workflows/release.yml');

  it.each([
    ['is built from base images by digest', 'Pin the base images by digest'],
    ['has an SBOM', '--sbom=true'],
    ['has an SBOM of what is in the bundle', 'npm sbom --package-lock-only --omit dev'],
    ['has its provenance', '--provenance=mode=max'],
    ['is signed without a key', 'cosign sign --yes --recursive'],
    ['is made of packages whose signatures were checked', 'npm audit signatures'],
    ['holds the bundle that anybody can build', 'diff --recursive dist'],
  ])('%s', (_, command) => {
    expect(release).toContain(command);
  });
});

describe('a pull request', () => {
  it('has its dependencies reviewed', () => {
    const workflow = read('.github/workflows/dependency-review.yml');
    expect(workflow).toContain('actions/dependency-review-action@');
    expect(parse(workflow)).toHaveProperty('on.pull_request');
  });
});
