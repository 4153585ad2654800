// Other processes of the pod choose their names, and how many they are.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Process } from '../../../src/sidecar/target/processes.ts';
import { findNearMisses } from '../../../src/sidecar/target/near-miss.ts';
import { selectTargets } from '../../../src/sidecar/target/select.ts';
import type { Failure } from '../../../src/sidecar/outcome.ts';
import {
  app,
  buildProcess,
  buildSelf,
  configMapMount,
  watch,
} from '../../support/process-builder.ts';

const self = buildSelf({ mounts: [configMapMount('config')] });

function refusalOf(processes: Parameters<typeof selectTargets>[0]['processes']): Failure {
  const resolution = selectTargets({
    spec: { by: 'name', name: 'app' },
    select: 'one',
    signal: 1,
    self,
    watched: [],
    processes: [self.process, ...processes],
  });
  if (!('failure' in resolution)) throw new Error('a target was found');
  return resolution.failure;
}

describe('many processes of one name', () => {
  it('are not all listed', () => {
    const processes = Array.from({ length: 5000 }, (_, index) =>
      buildProcess({ pid: 100 + index, comm: 'app' }),
    );
    const { reason } = refusalOf(processes);
    expect(reason).toMatch(/^5000 processes named app: app \(100\), .* and 4980 more$/);
    expect(reason.length).toBeLessThan(1000);
  });
});

/** In a container without a termination log, of which processes alone have names. */
function withoutName(process: Process): Process {
  return { ...process, container: { ...process.container, name: undefined } };
}

describe('a process whose name is of YAML', () => {
  it('stays one value in the line that is to be pasted', () => {
    const name = 'x"}], a: [{b: "';
    const both = [30, 40].map((pid) =>
      withoutName(buildProcess({ ...app(pid, `app-${pid}`), comm: name })),
    );
    const nameless = { ...self, process: withoutName(self.process) };
    const resolution = selectTargets({
      spec: { by: 'auto' },
      select: 'one',
      signal: 1,
      self: nameless,
      watched: watch(configMapMount('config')),
      processes: [nameless.process, ...both],
    });
    const { remedy = '' } = 'failure' in resolution ? resolution.failure : {};
    const [, line = ''] = /(env: \[.*?\}\]) \(or /.exec(remedy) ?? [];
    expect(parse(line)).toEqual({ env: [{ name: 'REHUP_TARGET', value: `name:${name}` }] });
  });
});

describe('a process whose program has a name of 1 MB', () => {
  it('is not compared letter by letter with the one that is looked for', () => {
    const long = buildProcess({ pid: 30, comm: 'other', argv: ['a'.repeat(1024 * 1024)] });
    const before = process.cpuUsage();
    expect(findNearMisses('a'.repeat(1000), [long])).toEqual([]);
    // A thousand times a million steps would be seconds.
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});
