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
  /** A job that is another workflow has none. */
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: object;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = globSync('.github/workflows/*.yml', { cwd: root }).toSorted();

/** What a job may have beyond reading the repository. */
const GRANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'image.yml build': { packages: 'write' },
  'image.yml verify': { packages: 'read' },
  'image.yml publish': { packages: 'write', 'id-token': 'write' },
  'release.yml image': { packages: 'write', 'id-token': 'write' },
  'release.yml draft': { contents: 'write' },
  'release.yml executable': { contents: 'write' },
  'release.yml npm': { contents: 'write', 'id-token': 'write' },
  'release.yml chart': { packages: 'write', 'id-token': 'write' },
  'release.yml release': { contents: 'write', 'id-token': 'write' },
  'weekly.yml rebuild': { packages: 'write', 'id-token': 'write' },
  'pages.yml publish': { pages: 'write', 'id-token': 'write' },
};

describe.each(files)('%s', (file) => {
  const text = read(file);
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  it('may read the repository, and no job may do more than it has to', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    for (const [name, { permissions = { contents: 'read' } }] of jobs) {
      const grants = GRANTS[`${file.replace('.github/workflows/', '')} ${name}`];
      expect({ name, permissions }).toEqual({ name, permissions: { contents: 'read', ...grants } });
    }
  });

  it('pins every action by commit, with the release beside it', () => {
    // What is of this repository is of the commit that is tested.
    const used = text.match(/^.*\buses: (?!\.\/).*$/gm) ?? [];
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
    // A matrix stands in the same file; an outcome is one of four words.
    for (const { run = '' } of steps)
      expect(run).not.toMatch(/\$\{\{(?! matrix\.| steps\.\w+\.outcome \}\})/);
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(Object.keys(workflow.on)).not.toContain('workflow_run');
  });

  it('ends by itself', () => {
    // A job that is another workflow ends with that.
    const own = jobs.filter(([, job]) => job.steps !== undefined);
    for (const [name, job] of own) expect({ name, ...job }).toHaveProperty('timeout-minutes');
  });
});

describe('the image', () => {
  const image = read('.github/workflows/image.yml');

  it.each([
    ['is built from base images by digest', 'Pin the base images by digest'],
    ['has an SBOM', '--attest "type=sbom,generator=$SBOM_SCANNER"'],
    ['has an SBOM of what is in the bundle', 'npm sbom --package-lock-only --omit dev'],
    ['has its provenance', '--provenance=mode=max'],
    ['is signed without a key', 'cosign sign --yes --recursive'],
    ['holds the bundle that anybody can build', 'diff --recursive dist built'],
    ['holds the Node that nodejs.org has published', 'cmp published/bin/node built-node'],
  ])('%s', (_, command) => {
    expect(image).toContain(command);
  });

  it('is signed by the workflow that docs/security.md names', () => {
    expect(image).toContain('/.github/workflows/image.yml@$GITHUB_REF');
    expect(read('docs/security.md')).toContain('/.github/workflows/image.yml@refs/tags/v');
  });
});

describe('the release', () => {
  const release = read('.github/workflows/release.yml');

  it.each([
    ['is made of packages whose signatures were checked', /run: npm audit signatures$/m],
    ['publishes the package of npm with its provenance', /npm publish .* --provenance/],
    ['signs the chart', /cosign sign --yes "ghcr\.io\/rehup\/charts\/rehup@\$digest"/],
    ['signs the checksums of all that can be downloaded', /cosign sign-blob --yes .* SHA256SUMS$/m],
    ['tries each executable where there is no Node', /env -i unpacked\/rehup version/],
    [
      'is a draft until all else is published',
      /--draft --verify-tag[\s\S]*needs: \[check, npm, chart\][\s\S]*--draft=false/,
    ],
  ])('%s', (_, command) => {
    expect(release).toMatch(command);
  });
});

describe('the tools of the release', () => {
  it('are pinned by version at least', () => {
    const { env } = parse(read('.github/workflows/image.yml')) as { env: Record<string, string> };
    for (const name of ['BUILDER', 'SBOM_SCANNER', 'EMULATOR']) {
      const version = /^docker\.io\/[\w/-]+:(?:v|qemu-v)?\d+\.\d+\.\d+(?:@sha256:[0-9a-f]{64})?$/;
      expect(env[name]).toMatch(version);
    }
    // A frontend of its own would be one more program that is not looked at.
    expect(read('Dockerfile')).not.toMatch(/^# *syntax *=/m);
  });
});

describe('every week', () => {
  it('the image is rebuilt and scanned, and so is the one that was released', () => {
    const weekly = read('.github/workflows/weekly.yml');
    expect(parse(weekly)).toMatchObject({ on: { schedule: [{ cron: expect.any(String) }] } });
    expect(weekly).toContain('--pull --no-cache');
    expect(weekly).toContain('--vex /work/security/rehup.openvex.json');
    expect(weekly).toMatch(/SCANNER: docker\.io\/anchore\/grype:v\d+\.\d+\.\d+/);
  });

  it('the last release is built anew where a base image has changed', () => {
    const { jobs } = parse(read('.github/workflows/weekly.yml')) as Workflow;
    expect(jobs).toMatchObject({
      rebuild: {
        if: "needs.due.outputs.due == 'true'",
        uses: './.github/workflows/image.yml',
        with: { ref: 'v${{ needs.due.outputs.version }}' },
      },
    });
  });

  it('what does not apply is passed over with a reason', () => {
    const { statements } = JSON.parse(read('security/rehup.openvex.json')) as {
      statements: Record<string, unknown>[];
    };
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      expect(statement).toMatchObject({
        vulnerability: { name: expect.stringMatching(/^CVE-\d{4}-\d+$/) },
        status: 'not_affected',
        justification: expect.stringMatching(/^[a-z_]+$/),
        impact_statement: expect.stringMatching(/.{20}/),
      });
    }
  });
});

describe('a pull request', () => {
  it('has its dependencies reviewed', () => {
    const workflow = read('.github/workflows/dependency-review.yml');
    expect(workflow).toContain('actions/dependency-review-action@');
    expect(parse(workflow)).toHaveProperty('on.pull_request');
  });
});
