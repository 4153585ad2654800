// A workflow runs for the first time where nobody can try it before: what it names is there.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

type Values = Readonly<Record<string, unknown>>;

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Values;
  readonly env?: Values;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly with?: Values;
  readonly env?: Values;
  readonly outputs?: Values;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly matrix: Values & { readonly include?: readonly Values[] } };
}

interface Workflow {
  readonly on: {
    readonly workflow_call?: { readonly inputs: Record<string, { required?: boolean }> };
  };
  readonly env?: Values;
  readonly jobs: Readonly<Record<string, Job>>;
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Values };

const files = globSync('.github/workflows/*.yml', { cwd: root }).toSorted();
const workflows = files.map((file) => [file, parse(read(file)) as Workflow] as const);

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, found]) => found ?? []);

const needsOf = ({ needs = [] }: Job): readonly string[] =>
  typeof needs === 'string' ? [needs] : needs;

/** What a script writes to GITHUB_OUTPUT; `$ARCH=` stands for any of the matrix. */
const outputsOf = ({ run = '' }: Step): string[] =>
  matches(run, /echo "?(\$?\w+)=.*GITHUB_OUTPUT/g);

const matrixOf = ({ strategy }: Job): string[] => {
  const { include = [], ...axes } = strategy?.matrix ?? {};
  return [...Object.keys(axes), ...include.flatMap((row) => Object.keys(row))];
};

/** What a shell has without being told, and what GitHub tells it. */
const isGiven = (name: string): boolean => /^(?:GITHUB_\w+|RUNNER_\w+|PATH|PWD|HOME)$/.test(name);

describe.each(workflows)('%s', (_, workflow) => {
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);
  const commands = steps.flatMap(({ run }) => run ?? []);

  it('runs scripts of npm that there are', () => {
    const named = commands.flatMap((run) => matches(run, /npm run (?:--\w+ )*([\w:]+)/g));
    // A matrix may hold the command.
    const all = [...named, ...matches(JSON.stringify(workflow), /npm run ([\w:]+)/g)];
    for (const name of all) expect(scripts).toHaveProperty([name]);
  });

  it('names files that there are', () => {
    const paths = commands.flatMap((run) =>
      matches(run, /(?:^|[\s"'=/])((?:scripts|examples|security|test|docs|cmd)\/[\w./-]+)/gm),
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has scripts that a shell can read', () => {
    for (const run of commands) {
      const plain = run.replaceAll(/\$\{\{.*?\}\}/g, 'x');
      expect(() => execFileSync('bash', ['-n'], { input: plain, stdio: 'pipe' })).not.toThrow();
    }
  });

  it('tells its scripts every variable that they use', () => {
    for (const [name, job] of jobs) {
      for (const { run = '', env = {} } of job.steps ?? []) {
        // What stands in single quotes is for others.
        const text = run.replaceAll(/'[^']*'/g, "''");
        const own = matches(text, /\b([A-Z_]+)=/g);
        const told = { ...workflow.env, ...job.env, ...env };
        const used = matches(text, /\$\{?([A-Z][A-Z\d_]+)/g);
        const unknown = used.filter((one) => !isGiven(one) && !(one in told) && !own.includes(one));
        expect({ name, unknown }).toEqual({ name, unknown: [] });
      }
    }
  });

  it('waits for jobs that there are, and takes what they give', () => {
    for (const [name, job] of jobs) {
      for (const need of needsOf(job)) expect(Object.keys(workflow.jobs)).toContain(need);
      const text = JSON.stringify(job);
      for (const [, from = '', output = ''] of text.matchAll(/needs\.(\w+)\.outputs\.(\w+)/g)) {
        expect({ name, needs: needsOf(job) }).toEqual({
          name,
          needs: expect.arrayContaining([from]),
        });
        expect(workflow.jobs[from]?.outputs).toHaveProperty([output]);
      }
      for (const from of matches(text, /toJSON\(needs\.(\w+)\.outputs\)/g))
        expect(needsOf(job)).toContain(from);
    }
  });

  it('takes from its steps what they write', () => {
    for (const [, job] of jobs) {
      const text = JSON.stringify(job);
      for (const [, id, output = ''] of text.matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)) {
        const written = (job.steps ?? []).filter((step) => step.id === id).flatMap(outputsOf);
        const any = written.includes('$ARCH') && JSON.stringify(job.strategy).includes(output);
        expect(any ? [...written, output] : written).toContain(output);
      }
      for (const id of matches(text, /steps\.(\w+)\.outcome/g))
        expect((job.steps ?? []).map((step) => step.id)).toContain(id);
    }
  });

  it('takes from the matrix and the inputs what there is', () => {
    const inputs = Object.keys(workflow.on.workflow_call?.inputs ?? {});
    for (const [, job] of jobs) {
      const text = JSON.stringify(job);
      for (const key of matches(text, /\bmatrix\.(\w+)/g)) expect(matrixOf(job)).toContain(key);
      for (const key of matches(text, /\binputs\.(\w+)/g)) expect(inputs).toContain(key);
    }
  });

  it('gives workflows and actions of this repository what they ask for', () => {
    const calls = [...jobs.map(([, job]) => job), ...steps].filter(({ uses }) =>
      uses?.startsWith('./'),
    );
    for (const { uses = '', with: given = {} } of calls) {
      const file = uses.endsWith('.yml') ? uses : join(uses, 'action.yml');
      const called = parse(read(file)) as Workflow & Workflow['on']['workflow_call'];
      const inputs = called.inputs ?? called.on.workflow_call?.inputs ?? {};
      const required = Object.keys(inputs).filter((key) => inputs[key]?.required === true);
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
    }
  });
});
