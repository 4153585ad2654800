import { createHash } from 'node:crypto';
import { script } from './script.ts';
import { style } from './style.ts';

/** What `/status` says, for people: one file, refreshed by itself, and nothing from elsewhere. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>rehup</title>
<style>${style}</style>
<h1>rehup<span id="pod"></span></h1>
<p id="about" class="dim"></p>
<p id="state" role="status" aria-live="polite">asking</p>
<noscript>Without scripts: <a href="status">the same as JSON</a>.</noscript>
<main id="rules"></main>
<script>${script}</script>
</html>`;

/** Nothing but the two texts above may run or be loaded, and nobody may frame it. */
export const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${sourceOf(script)}`,
    `style-src ${sourceOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
