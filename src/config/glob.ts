import { Plain } from '../system/errors.ts';

/** Any number of items, also none. */
const ANY = Symbol('any');

type Pattern<Item> = readonly (typeof ANY | ((item: Item) => boolean))[];

/** As many as a pair of braces in a pair of braces gives; each takes time for each key. */
const MOST_ALTERNATIVES = 256;

/**
 * `*` and `?` within a name, `**` over directories, `[a-z]`, `{a,b}`, `\` before what stands for itself,
 * and `!` in front of it all. A name that begins with a dot is like any other. Names are what others
 * choose: the time that it takes grows with pattern and path, and no faster.
 *
 * @throws Plain Where it is none.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  if (/(?<!\\)[?*+@!]\(/.test(glob)) {
    throw new Plain('has a group in parentheses; write {a,b} for alternatives');
  }
  const isNegated = glob.startsWith('!');
  const alternatives = expandBraces(isNegated ? glob.slice(1) : glob).map((one) =>
    one.split('/').map((name) => (name === '**' ? ANY : compileName(name))),
  );
  return (path) => {
    const names = path.split('/');
    return alternatives.some((pattern) => matches(pattern, names)) !== isNegated;
  };
}

/** Goes back to the last ANY alone: an earlier one could take no more than that can. */
function matches<Item>(pattern: Pattern<Item>, items: ArrayLike<Item>): boolean {
  let at = 0;
  let next = 0;
  let retry: { at: number; next: number } | undefined;
  while (at < items.length) {
    const part = pattern[next];
    if (part === ANY) {
      next += 1;
      retry = { at, next };
    } else if (part?.(items[at] as Item)) {
      at += 1;
      next += 1;
    } else if (retry) {
      retry.at += 1;
      ({ at, next } = retry);
    } else {
      return false;
    }
  }
  return pattern.slice(next).every((part) => part === ANY);
}

function compileName(glob: string): (name: string) => boolean {
  const pattern: (typeof ANY | ((char: string) => boolean))[] = [];
  for (let at = 0; at < glob.length;) {
    const { part, end } = takePart(glob, at);
    if (part !== ANY || pattern.at(-1) !== ANY) pattern.push(part);
    at = end;
  }
  return (name) => matches(pattern, name);
}

type Taken = { part: typeof ANY | ((char: string) => boolean); end: number };

function takePart(glob: string, at: number): Taken {
  const char = glob[at] ?? '';
  if (char === '*') return { part: ANY, end: at + 1 };
  if (char === '?') return { part: () => true, end: at + 1 };
  const list = char === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(glob.slice(at)) : null;
  if (list) {
    const [whole, not = '', members = ''] = list;
    return { part: compileList(members, not !== ''), end: at + whole.length };
  }
  const literal = char === '\\' ? (glob[at + 1] ?? char) : char;
  return { part: (one) => one === literal, end: at + (char === '\\' ? 2 : 1) };
}

function compileList(members: string, isNegated: boolean): (char: string) => boolean {
  const ranges = [...members.matchAll(/(.)-(.)|(.)/gs)].map(([, from, to, one = '']) => ({
    from: from ?? one,
    to: to ?? one,
  }));
  return (char) => ranges.some(({ from, to }) => from <= char && char <= to) !== isNegated;
}

/** Without recursion into what follows: each pair of braces is replaced by one of its alternatives. */
function expandBraces(glob: string): string[] {
  const done: string[] = [];
  const open = [glob];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    // The innermost first: it holds no other.
    const found = [...one.matchAll(/(?<!\\)\{([^{}]*)\}/g)].find(([, inner = '']) =>
      /,|^\w\.\.\w$/.test(inner),
    );
    if (!found) {
      done.push(one);
    } else {
      const [whole, inner = ''] = found;
      const before = one.slice(0, found.index);
      const after = one.slice(found.index + whole.length);
      open.push(...alternativesIn(inner).map((part) => `${before}${part}${after}`));
    }
    if (open.length + done.length > MOST_ALTERNATIVES) {
      throw new Plain(`stands for more than ${MOST_ALTERNATIVES} alternatives`);
    }
  }
  return done;
}

/** `a,b`, or a range of letters or digits: `a..c`. */
function alternativesIn(inner: string): string[] {
  const [, from, to] = /^(\w)\.\.(\w)$/.exec(inner) ?? [];
  if (from === undefined || to === undefined) return inner.split(',');
  const [first = 0, last = 0] = [from, to]
    .map((char) => char.charCodeAt(0))
    .toSorted((a, b) => a - b);
  return Array.from({ length: last - first + 1 }, (_, at) => String.fromCharCode(first + at));
}
