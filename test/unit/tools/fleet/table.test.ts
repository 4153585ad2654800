import { describe, expect, it } from 'vitest';
import { renderFleet } from '../../../../src/tools/fleet/table.ts';
import { buildMount, buildReport, buildRule } from '../../../support/fleet-builder.ts';

const look = { width: 120, colors: false, nowMs: 1_004_000 };

function ruleWith(source: string): ReturnType<typeof buildRule> {
  const canary = { source, why: 'chosen', reason: '', remedy: undefined, other: undefined };
  return buildRule({ canary });
}

describe('the table of a fleet', () => {
  it('has a line for each pod, then the reasons, then how many stand how', () => {
    const behind = buildMount({
      mounted: 'bbbbbbbbbbbb',
      loaded: 'bbbbbbbbbbbb',
      isMounted: false,
      isLoaded: false,
      lagMs: 7000,
    });
    const reports = [
      buildReport(),
      buildReport({
        name: 'app-1',
        state: 'behind',
        reason: 'not yet',
        rules: [buildRule({ mounts: [behind] })],
      }),
      buildReport({
        name: 'app-2',
        state: 'not-asked',
        rehup: undefined,
        rules: [],
        reason: 'no answer',
        remedy: 'look at the log',
      }),
    ];
    expect(renderFleet(reports, look)).toBe(`\
POD    AGE  DESIRED       MOUNTED       LOADED        LAG  LAST              STATE
app-0  1 m  aaaaaaaaaaaa  aaaaaaaaaaaa  aaaaaaaaaaaa  -    reloaded 4 s ago  current
app-1  1 m  aaaaaaaaaaaa  bbbbbbbbbbbb  bbbbbbbbbbbb  7 s  reloaded 4 s ago  kubelet behind
app-2  1 m  -             -             -             -    -                 not asked

app-1: kubelet behind: not yet

app-2: not asked: no answer
  remedy: look at the log

3 pods: 1 current, 1 kubelet behind, 1 not asked
`);
  });

  it('names mounts and namespaces where there are several', () => {
    const mounts = [buildMount(), buildMount({ path: '/etc/tls', objects: ['secret/tls'] })];
    const text = renderFleet(
      [buildReport({ rules: [buildRule({ mounts })] }), buildReport({ namespace: 'db' })],
      look,
    );
    expect(text).toMatch(/^POD +AGE +MOUNT /);
    expect(text).toMatch(/^web\/app-0 +1 m +\/etc\/app /m);
    expect(text).toMatch(/^ +\/etc\/tls /m);
    expect(text).toMatch(/^db\/app-0 /m);
  });

  it('tells pods with the same reason together', () => {
    const same = ['a', 'b', 'c'].map((name) =>
      buildReport({ name, state: 'pending', reason: 'invalid' }),
    );
    expect(renderFleet(same, look)).toContain('\n3 pods (a, …): pending: invalid\n');
    const named = ['a', 'b'].map((name) =>
      buildReport({ name, state: 'not-asked', reason: `you may not create pods/exec ${name}` }),
    );
    expect(renderFleet(named, look)).toContain(
      '\n2 pods (a, …): not asked: you may not create pods/exec a\n',
    );
  });

  it('lets no name act on the terminal', () => {
    const reports = [buildReport({ state: 'pending', reason: '\u001b[2Jgone' })];
    expect(renderFleet(reports, look)).not.toContain('\u001b');
  });

  it('has the source of each pod where there are two, and how many have next', () => {
    const reports = [
      buildReport({ rules: [ruleWith('next')] }),
      buildReport({ name: 'app-1', rules: [ruleWith('stable')] }),
    ];
    expect(renderFleet(reports, look)).toBe(`\
POD    AGE  SOURCE  DESIRED       MOUNTED       LOADED        LAG  LAST              STATE
app-0  1 m  next    aaaaaaaaaaaa  aaaaaaaaaaaa  aaaaaaaaaaaa  -    reloaded 4 s ago  current
app-1  1 m  stable  aaaaaaaaaaaa  aaaaaaaaaaaa  aaaaaaaaaaaa  -    reloaded 4 s ago  current

2 pods: 2 current; 1 on next
`);
  });
});
