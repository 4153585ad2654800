import { describe, expect, it } from 'vitest';
import { isOfOwnPod, isOffLimits } from '../../../../src/sidecar/target/self.ts';
import { buildProcess, buildSelf } from '../../../support/process-builder.ts';

const unknown = buildProcess({ pid: 50 });
const own = buildProcess({ pid: 51, container: 'app' });
const other = {
  ...own,
  pid: 52,
  container: { ...own.container, podUid: 'ffffffff-5d0f-4c6e-9d0c-0b8f1f6a7d11' },
};

describe.each([
  { where: "in the pod's own PID namespace", seesNode: false, unknownIs: true },
  { where: 'where the processes of the node are in view', seesNode: true, unknownIs: false },
])('$where', ({ seesNode, unknownIs }) => {
  const self = buildSelf({}, { seesNode });

  it.each([
    { what: 'a process that shows the own pod', process: own, is: true },
    { what: 'a process that shows another pod', process: other, is: false },
    { what: 'a process that shows none', process: unknown, is: unknownIs },
  ])('$what', ({ process, is }) => {
    expect(isOfOwnPod(process, self)).toBe(is);
    expect(isOffLimits(process, self, [process])).toBe(!is);
  });
});
