import type { Failure } from '../../sidecar/outcome.ts';
import { observe } from '../../sidecar/rule/content.ts';
import { type Check, perRule } from '../check.ts';
import type { Context, RuleContext } from '../context.ts';
import { type Bare, failAs, pass, warn } from '../finding.ts';
import { explainRefusal } from '../refused.ts';
import { containerField, podField, type Remedy } from '../remedy.ts';
import { change, set } from '../settings.ts';

/**
 * The app can be reached at its URLs. The reload URL is only connected to: to ask it for anything might
 * reload. The other two are pages that are there to be read.
 */
export const urlCheck: Check = perRule('url', async (rule, context, signal) => {
  const { url: urls = [], readyUrl, verifyUrl } = rule.settings;
  const findings: Bare[] = [];
  for (const url of urls) findings.push(await checkReload(url, rule, context, signal));
  if (readyUrl) findings.push(await checkReady(rule, context, signal));
  if (verifyUrl) findings.push(await checkVerify(rule, context, signal));
  return findings;
});

async function checkReload(
  url: URL,
  rule: RuleContext,
  context: Context,
  signal: AbortSignal,
): Promise<Bare> {
  const { settings } = rule;
  const { method, timeout: timeoutMs } = settings;
  const { reach } = await import('../../sidecar/act/http/reach.ts');
  const { findUnreadable } = await import('../../sidecar/act/http/settings.ts');
  const input = { option: 'REHUP_URL' as const, shownUrl: url, url, method, settings, timeoutMs };
  const problem = findUnreadable(settings) ?? (await reach(input, signal));
  if (problem === undefined) {
    const how = url.protocol === 'https:' ? 'its certificate is trusted' : 'somebody listens';
    return pass(`${url.host} can be reached, and ${how}; whether it reloads, only a reload tells`);
  }
  const { outcome, message: reason, remedy, facts } = problem;
  const failure: Failure = { outcome, reason, remedy, ...facts };
  if (facts.check === 'url-refused' && settings.unixSocket === undefined) {
    return await explainRefusal({ url, failure, rule, context });
  }
  return failAs(failure, 'url-failed', remediesFor(failure, rule, context));
}

function remediesFor(failure: Failure, rule: RuleContext, context: Context): Remedy[] {
  if (failure.set) return [set(context, rule.name, failure.set)];
  return failure.check === 'url-certificate-authority' ? [trust(rule, context)] : [];
}

/** In which Secret the certificate of the authority is, only the user knows. */
function trust({ name }: RuleContext, context: Context): Remedy {
  const mountPath = '/etc/rehup/ca';
  const secret = { secretName: '<secret>', items: [{ key: 'ca.crt', path: 'ca.crt' }] };
  return {
    changes: [
      podField('volumes', [{ name: 'ca', secret }]),
      containerField(context.container, 'volumeMounts', [{ name: 'ca', mountPath }]),
      ...change(context, name, { REHUP_CA_FILE: `${mountPath}/ca.crt` }),
    ],
    note: 'the Secret is the one with the certificate of the authority that signed the one of the app',
  };
}

async function checkReady(rule: RuleContext, context: Context, signal: AbortSignal): Promise<Bare> {
  const { checkReady: look } = await import('../../sidecar/verify/ready.ts');
  const failure = await look(rule.settings, signal);
  if (failure === undefined) return pass('REHUP_READY_URL answers that the app is ready');
  return failAs(failure, 'url-failed', remediesFor(failure, rule, context));
}

async function checkVerify(
  rule: RuleContext,
  context: Context,
  signal: AbortSignal,
): Promise<Bare> {
  const { createLook } = await import('../../sidecar/verify/look.ts');
  const look = createLook(rule.settings)?.(hashOf(rule));
  const seen = await look?.(rule.settings.timeout, signal);
  if (seen === undefined) return pass('REHUP_VERIFY_URL shows the content that is mounted');
  const failure: Failure = { outcome: 'unverified', ...seen };
  if (seen.check !== undefined) {
    return failAs(failure, 'url-failed', remediesFor(failure, rule, context));
  }
  // The page is there. Until the app has reloaded, it rightly shows other content.
  return warn('url-failed', { seen: seen.reason, remedy: seen.remedy });
}

/** Over the keys that count, as the sidecar has it. */
function hashOf({ readings, acting }: RuleContext): string {
  const times = { readAtMs: 0, nowMs: 0, bootAtMs: 0 };
  const read = [...readings].flatMap(([path, reading]) =>
    'snapshot' in reading ? [[path, { ...times, snapshot: reading.snapshot }] as const] : [],
  );
  return observe(undefined, new Map(read), acting.counts).hash;
}
