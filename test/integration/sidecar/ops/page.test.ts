import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BrowserPage, canBrowse, startBrowser } from '../../../support/browser.ts';
import { createReloadScene, type ReloadScene } from '../../../support/reload-scene.ts';
import { programCommand } from '../../../support/start-program.ts';
import { waitFor } from '../../../support/wait-for.ts';

const LISTEN = { REHUP_LISTEN: '127.0.0.1:0', POD_NAME: 'web-1', POD_NAMESPACE: 'shop' };
const HOSTILE = '<img src=x onerror=document.title=1>';

function addressOf({ rehup }: ReloadScene): string {
  return `http://127.0.0.1:${rehup.all({ msg: 'listening' })[0]?.port ?? 0}/`;
}

/** How often the page has asked for the status. */
async function askedBy(page: BrowserPage): Promise<number> {
  return await page.evaluate("performance.getEntriesByType('resource').length");
}

async function press(page: BrowserPage, key: string, code: number): Promise<void> {
  const event = { key, code: key, windowsVirtualKeyCode: code, text: key === 'Enter' ? '\r' : '' };
  await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}

const FOCUSED = 'document.activeElement.innerText';

describe('the page at /', () => {
  it('is served with a policy that allows nothing else, and cannot be changed', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    const response = await fetch(addressOf(scene));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script/);
    const text = await response.text();
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).not.toContain(scene.volume.root);
    const posted = await fetch(addressOf(scene), { method: 'POST' });
    expect(posted.status).toBe(405);
    const head = await fetch(addressOf(scene), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe.skipIf(canBrowse.missing)(`the page in a browser${canBrowse.note}`, () => {
  it('shows the status, follows an update, and says when rehup is gone', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    const first = await page.text(/nothing is pending/);
    expect(first).toMatch(/^rehup in shop\/web-1$/m);
    expect(first).toMatch(/^default: applied$/m);
    expect(first).toContain(scene.volume.root);
    expect(first).toContain(scene.name);
    expect(first).not.toMatch(/^.* ago\treloaded/m);
    expect(await page.evaluate('document.title')).toBe('web-1: nothing is pending');
    await page.evaluate('window.sameDocument = true');

    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(await page.text(/ ago\treloaded\t/)).toMatch(/reloaded\t.*\tapp\.conf\t/);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(page.complaints).toEqual([]);

    await scene.rehup.stop();
    const gone = await page.text(/not reachable since/);
    expect(gone).toMatch(/not reachable since \d+:\d\d:\d\d/);
    expect(gone).toMatch(/ ago\treloaded\t/);
  });

  it('shows what is pending, with the remedy', async () => {
    await using scene = await createReloadScene({
      env: LISTEN,
      app: ({ name }) => programCommand('no-handler', name),
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ outcome: 'no-handler' });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    const text = await page.text(/pending: default/);
    expect(text).toMatch(/^default: pending$/m);
    expect(text).toMatch(/^.* has no handler for SIGHUP/m);
    expect(text).toMatch(/^Remedy: set REHUP_SIGNAL/m);
    expect(text).toMatch(/^Next attempt (?:in \d+ s|now)\.$/m);
    expect(text).toMatch(/1 key, 1 pending$/m);
    expect(text).toMatch(/^app\.conf\t[0-9a-f]{12}\tchanged, pending$/m);
  });

  it('leads from an outcome to what the documentation says of it', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    await page.text(/ ago\talready-current/);
    const links = await page.evaluate<string[]>('[...document.links].map(({ href }) => href)');
    const [link = '', ...others] = links;
    expect(others).toEqual([]);
    const { pathname, hash } = new URL(link);
    const [, path = ''] = pathname.split('/blob/main/');
    expect(readFileSync(path, 'utf8')).toContain(`<a id="${hash.slice(1)}"></a>`);
  });

  it('shows hostile names as text', async () => {
    await using scene = await createReloadScene({
      env: LISTEN,
      payload: { 'app.conf': 'one', [HOSTILE]: 'x', '\u001b[31m\u202ered': 'x' },
    });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    await page.text(/3 keys/);
    await page.evaluate("document.querySelector('details').open = true");
    const text = await page.text(/onerror/);
    expect(text).toContain(`${HOSTILE}\t`);
    expect(text).toContain(String.raw`\u{1b}[31m\u{202e}red`);
    expect(await page.evaluate("document.querySelectorAll('img').length")).toBe(0);
    expect(await page.evaluate('document.title')).toBe('web-1: nothing is pending');
    expect(page.complaints).toEqual([]);
  });

  it('can be used with the keyboard, and keeps what is unfolded and focused', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    await page.text(/1 key/);
    await waitFor('the focus on the keys', async () => {
      await press(page, 'Tab', 9);
      return (await page.evaluate<string>(FOCUSED)).endsWith(': 1 key');
    });
    await press(page, 'Enter', 13);
    expect(await page.text(/app\.conf\t/)).toMatch(/app\.conf\t[0-9a-f]{12}\tapplied/);
    await scene.volume.write({ 'app.conf': 'two', 'b.conf': 'new' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(await page.text(/b\.conf\t/)).toMatch(/app\.conf\t[0-9a-f]{12}\tapplied/);
    expect(await page.evaluate<string>(FOCUSED)).toContain(': 2 keys');
  });

  it('tells assistive technology what is a table, and what has news', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    await page.text(/nothing is pending/);
    const { nodes } = await page.send('Accessibility.getFullAXTree');
    const named = (nodes as { role?: { value: string }; name?: { value: string } }[]).map(
      ({ role, name }) => `${role?.value} ${name?.value}`,
    );
    expect(named).toEqual(
      expect.arrayContaining([
        'heading rehup in shop/web-1',
        'image Time line of the last decisions',
        'heading default: applied',
        'table Mounts',
        'table Targets',
        'table Last decisions',
        'columnheader Outcome',
        `rowheader ${scene.volume.root}`,
      ]),
    );
    expect(await page.evaluate("document.querySelector('[aria-live=polite]').innerText")).toBe(
      'nothing is pending',
    );
  });

  it('is dark where the reader wants that', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    await page.text(/nothing is pending/);
    const colors = new Set<string>();
    for (const value of ['light', 'dark']) {
      const features = [{ name: 'prefers-color-scheme', value }];
      await page.send('Emulation.setEmulatedMedia', { features });
      colors.add(await page.evaluate('getComputedStyle(document.body).color'));
    }
    expect([...colors]).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  });

  it('does not ask while nobody looks at it, and asks at once when somebody does', async () => {
    await using scene = await createReloadScene({ env: LISTEN });
    await using browser = await startBrowser();
    const page = await browser.open(addressOf(scene));
    await page.text(/nothing is pending/);
    await setHidden(page, true);
    // What was asked before may yet be answered.
    await letPass(page, 10_000);
    const before = await askedBy(page);
    await letPass(page, 60_000);
    expect(await askedBy(page)).toBe(before);
    await setHidden(page, false);
    await waitFor('a further question', async () => (await askedBy(page)) > before);
  });
});

async function setHidden(page: BrowserPage, hidden: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
     document.dispatchEvent(new Event('visibilitychange'));`,
  );
}

/** Lets the time of the page pass, faster than ours, but for what is under way. */
async function letPass(page: BrowserPage, ms: number): Promise<void> {
  const count = (): number =>
    page.events.filter((name) => name === 'Emulation.virtualTimeBudgetExpired').length;
  const before = count();
  const policy = 'pauseIfNetworkFetchesPending';
  await page.send('Emulation.setVirtualTimePolicy', { policy, budget: ms });
  await waitFor('the time to pass', () => count() > before);
}
