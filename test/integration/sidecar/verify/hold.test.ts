import { describe, expect, it } from 'vitest';
import type { OutputLine } from '../../../../src/sidecar/exec/output.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createReadyCheck } from '../../../../src/sidecar/verify/create.ts';
import { startHttpServer } from '../../../support/http-server.ts';
import { readSettings } from '../../../support/http-settings.ts';

async function check(
  holdWhile: string,
  onOutput: (line: OutputLine) => void = () => {},
): Promise<Failure | undefined> {
  const settings = readSettings({ REHUP_HOLD_WHILE: holdWhile, REHUP_TIMEOUT: '20s' });
  return await createReadyCheck(settings, onOutput)(new AbortController().signal);
}

const PAGE = `# TYPE workers gauge
workers{state="active",pool="a"} 5
workers{state="draining",pool="a"} 2
workers{state="draining",pool="b \\"x\\""} 1 1700000000
workers_total 9
`;

describe('a metric of the app', () => {
  it.each([
    ['workers{state="draining"} > 2', true],
    ['workers{state="draining"} > 3', false],
    ['workers{state="draining"} >= 3', true],
    ['workers{pool="a"} < 8', true],
    ['workers <= 7', false],
    ['workers_total > 8', true],
  ])('keeps the reload back while %s: %j', async (comparison, isHeld) => {
    await using server = await startHttpServer((response) => response.end(PAGE));
    const failure = await check(`${server.url('/metrics')} ${comparison}`);
    expect(failure?.waits ?? false).toBe(isHeld);
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/metrics' }]);
  });

  it('is named where it keeps the reload back', async () => {
    await using server = await startHttpServer((response) => response.end(PAGE));
    expect(await check(`${server.url('/metrics')} workers > 0`)).toEqual({
      outcome: 'waiting',
      waits: true,
      reason: 'workers > 0, and REHUP_HOLD_WHILE keeps the reload back as long',
      remedy: 'none needed: the reload follows by itself',
      retryAfterMs: 2000,
    });
  });

  it('that is not there is no leave to go on', async () => {
    await using server = await startHttpServer((response) => response.end(PAGE));
    const failure = await check(`${server.url('/metrics')} workers{state="idle"} > 0`);
    expect(failure).toMatchObject({ outcome: 'not-ready' });
    expect(failure?.reason).toContain('shows no metric workers{state="idle"}');
  });

  it('that cannot be asked for is no leave to go on', async () => {
    await using server = await startHttpServer((response) => response.writeHead(503).end());
    const failure = await check(`${server.url('/metrics')} workers > 0`);
    expect(failure).toMatchObject({ outcome: 'not-ready' });
    expect(failure?.remedy).toContain('REHUP_HOLD_WHILE');
  });
});

describe('a program', () => {
  const node = process.execPath;

  it.each([
    [`console.log(3)`, true],
    [`console.log("old\\n0")`, false],
  ])('keeps the reload back by the number that it prints last: %s', async (code, isHeld) => {
    const failure = await check(`${node} -e '${code}' > 0`);
    expect(failure?.outcome).toBe(isHeld ? 'waiting' : undefined);
  });

  it('that prints no number, or fails, is no leave to go on', async () => {
    const lines: OutputLine[] = [];
    const none = await check(`${node} -e 'console.log("many"); console.error("oh")' > 0`, (line) =>
      lines.push(line),
    );
    expect(none).toMatchObject({ outcome: 'not-ready' });
    expect(none?.reason).toContain('is not a number');
    expect(lines).toEqual([{ stream: 'stderr', text: 'oh' }]);
    expect(await check('/no/such/program > 0')).toMatchObject({ outcome: 'not-ready' });
  });
});

describe('REHUP_HOLD_WHILE', () => {
  it.each([
    'workers > 0 > 1x',
    'http://127.0.0.1/metrics > 0',
    'http://127.0.0.1/metrics 9workers > 0',
    'workers',
    '> 0',
    'http://127.0.0.1/metrics workers = 0',
  ])('does not take %j', (raw) => {
    expect(() => readSettings({ REHUP_HOLD_WHILE: raw })).toThrow(/REHUP_HOLD_WHILE/);
  });
});
