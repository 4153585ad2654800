import { showSpan, showText } from '../../system/show.ts';
import { isSettled, isTaken, outcomes } from '../outcome.ts';
import { timeLine } from './time-line.ts';

/** After these the app was not touched, and did not have to be. */
const untouched = outcomes.filter((outcome) => isSettled(outcome) && !isTaken(outcome));

/** Explains each outcome; the names of outcomes are a contract, so the newest page has them all. */
const DOCS = 'https://github.com/rehup/rehup/blob/main/docs/outcomes.md';

/**
 * Asks for /status every 2 s while the page is looked at. Whatever it shows is set as text, and the
 * nodes are changed in place, so that focus, selection and what is unfolded survive a refresh.
 */
export const script = `
'use strict';
const showSpan = ${showSpan.toString()};
const showText = ${showText.toString()};
const TAKEN = new Set(${JSON.stringify(outcomes.filter(isTaken))});
const UNTOUCHED = new Set(${JSON.stringify(untouched)});
const SVG = 'http://www.w3.org/2000/svg';
const find = (id) => document.getElementById(id);
let timer, name = 'rehup', now = 0, seen = new Date();

const make = (tag, attributes, ...children) =>
  ({ tag, attributes, children: children.flat(2).filter((child) => child !== undefined) });

function patch(parent, children) {
  children.forEach((child, index) => {
    let node = parent.childNodes[index];
    if (node?.nodeName.toLowerCase() !== (child.tag ?? '#text')) {
      const space = child.tag === 'svg' ? SVG : parent.namespaceURI;
      const made = child.tag ? document.createElementNS(space, child.tag) : document.createTextNode('');
      if (child.attributes?.open) made.open = true;
      if (node) node.replaceWith(made); else parent.append(made);
      node = made;
    }
    if (!child.tag) {
      const text = showText(String(child));
      if (node.data !== text) node.data = text;
      return;
    }
    for (const { name } of [...node.attributes])
      if (name !== 'open' && !(name in child.attributes)) node.removeAttribute(name);
    for (const [name, value] of Object.entries(child.attributes)) {
      if (name === 'open') continue;
      const text = showText(String(value));
      if (node.getAttribute(name) !== text) node.setAttribute(name, text);
    }
    patch(node, child.children);
  });
  while (parent.childNodes.length > children.length) parent.lastChild.remove();
}

const ago = (time) => time === undefined ? '' :
  make('time', { datetime: time, title: time }, showSpan(now - Date.parse(time)) + ' ago');
const hash = (text = '') => text && make('span', { class: 'hash' }, text);
const markClass = (outcome) => TAKEN.has(outcome) ? 'applied' : UNTOUCHED.has(outcome) ? 'dim' : 'pending';
const link = (outcome) => make('a', { href: '${DOCS}#' + outcome, target: '_blank', rel: 'noreferrer' }, outcome);
const span = (ms) => ms === undefined ? '' : ms < 1000 ? ms + ' ms' : (ms / 1000).toFixed(1) + ' s';

const table = (caption, heads, rows) => rows.length === 0 ? undefined :
  make('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, make('table', { role: 'table' },
    make('caption', {}, caption),
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, heads.map((head) => make('th', { scope: 'col', role: 'columnheader' }, head)))),
    make('tbody', { role: 'rowgroup' }, rows.map((cells) => make('tr', { role: 'row' }, cells.map((cell, index) =>
      index ? make('td', { role: 'cell', 'data-head': heads[index] }, cell) : make('th', { scope: 'row', role: 'rowheader' }, cell)))))));

const problem = (reason, remedy, more) => reason === undefined ? [] : [
  make('p', { class: 'problem' }, reason),
  ...(remedy === undefined ? [] : [make('p', {}, 'Remedy: ' + remedy)]),
  ...(more === undefined ? [] : [make('p', {}, more)]),
];

function keysOf({ path, keys, waiting = {}, otherKeys = 'applied' }, state) {
  const due = state === 'pending' ? 'pending' : 'not applied';
  const kinds = new Map(['changed', 'added', 'removed'].flatMap((kind) => (waiting[kind] ?? []).map((key) => [key, kind])));
  const names = [...new Set([...kinds.keys(), ...Object.keys(keys).sort()])];
  const more = kinds.size === 0 ? '' : ', ' + kinds.size + ' ' + due;
  return make('details', kinds.size && { open: true }, make('summary', {}, path + ': ' + names.length + (names.length === 1 ? ' key' : ' keys') + more),
    table('Keys of ' + path, ['Key', 'Hash', 'State'], names.map((key) => [key,
      hash(Object.hasOwn(keys, key) ? keys[key] : ''), 
      kinds.has(key) ? make('span', { class: state }, kinds.get(key) + ', ' + due) : otherKeys])));
}

function decision({ time, times, outcome, tookMs, swapToReloadMs, changed, added, removed, reason, remedy }) {
  const keys = [...(changed ?? []), ...(added ?? []).map((key) => '+' + key), ...(removed ?? []).map((key) => '-' + key)];
  return [ago(time), [link(outcome), times > 1 ? ' × ' + times : ''], span(tookMs), span(swapToReloadMs), keys.join(', '),
    [reason, remedy && 'Remedy: ' + remedy].filter(Boolean).join(' — ')];
}

const lag = ({ object, seconds, pending }) => object + (pending ? ' awaited for ' + seconds + ' s' : ' came in ' + seconds + ' s');

function section([name, { state, action, mounts, targets, targetProblem, decisions, reason, remedy, nextRetry }]) {
  const lags = mounts.flatMap(({ kubeletLag = [] }) => kubeletLag);
  const due = nextRetry && Date.parse(nextRetry) - now;
  const next = nextRetry === undefined ? 'No further attempt with this content.'
    : due > 0 ? 'Next attempt in ' + showSpan(due + 999) + '.' : 'Next attempt now.';
  return make('section', { 'aria-labelledby': 'rule-' + name },
    make('h2', { id: 'rule-' + name }, name + ': ', make('span', { class: state }, state)),
    make('p', { class: 'dim' }, 'Action: ' + action),
    make('div', {}, state === 'pending' ? problem(reason, remedy, next) : []),
    make('div', {}, timeLine(decisions)),
    table('Mounts', ['Path', 'Volume', 'Mode', 'Since', 'Swapped', 'Hash', ...(lags.length ? ['Kubelet lag'] : [])], mounts.map((mount) => [mount.path,
      [mount.volume?.kind, mount.volume?.name].filter(Boolean).join(' '), mount.mode ?? '', ago(mount.since), ago(mount.swapped), hash(mount.hash),
      ...(lags.length ? [(mount.kubeletLag ?? []).map(lag).join(', ')] : [])])),
    make('div', {}, mounts.flatMap((mount) => [...problem(mount.problem, mount.remedy),
      ...(mount.fallback ? [make('p', { class: 'dim' }, mount.path + ' is polled: ' + mount.fallback.reason)] : [])])),
    make('div', {}, mounts.map((mount) => keysOf(mount, state))),
    table('Targets', ['Pid', 'Container', 'Command', 'User', 'Age'], targets.map(({ pid, container = '', command, uid, ageSeconds }) =>
      [pid, container, command, uid ?? "-", showSpan(ageSeconds * 1000)])),
    make('div', {}, targetProblem?.reason === reason ? [] : problem(targetProblem?.reason, targetProblem?.remedy)),
    table('Last decisions', ['When', 'Outcome', 'Took', 'From the swap', 'Keys', 'Why'], decisions.map(decision)));
}

function say(text) {
  patch(find('state'), [text]);
  document.title = showText(name + ': ' + text);
}

function show({ pod, namespace, version, node, time, uptimeSeconds, rules }) {
  now = Date.parse(time);
  name = pod;
  patch(find('pod'), [' in ' + (namespace ? namespace + '/' : '') + pod]);
  const entries = Object.entries(rules);
  const waiting = entries.filter(([, { state }]) => state === 'pending').map(([name]) => name);
  patch(find('about'), ['Version ' + version + ', Node.js ' + node + ', up ' + showSpan(uptimeSeconds * 1000)]);
  patch(find('rules'), entries.map(section));
  say(entries.length === 0 ? 'not every mount has been read yet' : waiting.length === 0 ? 'nothing is pending' : 'pending: ' + waiting.join(', '));
}
${timeLine}
async function refresh() {
  try {
    const response = await fetch('status', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error('status ' + response.status);
    show(await response.json());
    seen = new Date();
    document.body.className = '';
  } catch (error) {
    say('not reachable since ' + seen.toLocaleTimeString() + ' (' + error.message + ')');
    document.body.className = 'stale';
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, 2000);
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (!document.hidden) void refresh();
});
void refresh();
`.replaceAll(/^ +/gm, '');
