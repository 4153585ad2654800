import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { page as html, pageHeaders } from '../../../../src/sidecar/page/page.ts';
import { outcomes } from '../../../../src/sidecar/outcome.ts';
import { type BrowserPage, canBrowse, startBrowser } from '../../../support/browser.ts';
import { fullStatus } from '../../../support/page-status.ts';

/** The page with a status that is made up. */
async function servePage(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    if (url === '/status') response.end(JSON.stringify(fullStatus));
    else response.writeHead(200, { ...pageHeaders, 'content-type': 'text/html' }).end(html);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function openPage(open: (url: string) => Promise<BrowserPage>, server: Server) {
  const { port } = server.address() as AddressInfo;
  const page = await open(`http://127.0.0.1:${port}/`);
  await page.text(/pending: shop/);
  return page;
}

/** Words that are shown in two lines; a line may end after a blank, a slash or a hyphen. */
const BROKEN_WORDS = `(() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest('script, style')) continue;
    for (const { 0: word, index } of node.data.matchAll(/[^\\s/-]+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1) broken.push(word);
    }
  }
  return broken;
})()`;

/** What is cut off, or has to be scrolled sideways. */
const TOO_WIDE = `[document.documentElement, ...document.querySelectorAll('.wide')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ nodeName, ariaLabel }) => ariaLabel ?? nodeName)`;

describe.skipIf(canBrowse.missing)(`the layout of the page${canBrowse.note}`, () => {
  it.each([400, 700, 1000, 1200, 1600])(
    'breaks no word and cuts nothing off at a width of %i',
    async (width) => {
      await using server = await servePage();
      await using browser = await startBrowser();
      const page = await openPage(browser.open, server);
      const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
      await page.send('Emulation.setDeviceMetricsOverride', size);
      expect(await page.evaluate(BROKEN_WORDS)).toEqual([]);
      expect(await page.evaluate(TOO_WIDE)).toEqual([]);
      expect(page.complaints).toEqual([]);
    },
  );

  it('is a table for assistive technology also where it is narrow', async () => {
    await using server = await servePage();
    await using browser = await startBrowser();
    const page = await openPage(browser.open, server);
    const size = { width: 400, height: 900, deviceScaleFactor: 1, mobile: false };
    await page.send('Emulation.setDeviceMetricsOverride', size);
    const { nodes } = await page.send('Accessibility.getFullAXTree');
    const roles = (nodes as { role?: { value: string } }[]).map(({ role }) => role?.value);
    expect(roles.filter((role) => role === 'table')).toHaveLength(8);
    expect(roles).toEqual(expect.arrayContaining(['row', 'rowheader', 'columnheader', 'cell']));
  });

  it('has a mark of each decision on the time line, and what was awaited of the kubelet', async () => {
    await using server = await servePage();
    await using browser = await startBrowser();
    const page = await openPage(browser.open, server);
    const titles = await page.evaluate<string[]>(
      `[...document.querySelector('.line').querySelectorAll('title')].map(({ textContent }) => textContent)`,
    );
    expect(titles.map((title) => title.split(/[ ,]/)[0])).toEqual(outcomes);
    expect(titles.at(-1)).toBe(`${outcomes.at(-1)} × 17, 20 s ago`);
    const text = await page.text(/Kubelet lag/);
    expect(text).toContain('ConfigMap/configuration-of-the-shop came in 1.2 s');
    expect(text).toContain('Secret/tls awaited for 12 s');
    expect(text).toMatch(/^app\.conf\t0a1b2c3d4e5f\tchanged, pending$/m);
  });
});
