import { posix } from 'node:path';

const REPOSITORY = 'https://github.com/rehup/rehup';

/**
 * Links of a page of the repository, as the site has them: to a page, that page; to anything else of the
 * repository, GitHub.
 */
export function createLinkMap(pages: ReadonlySet<string>): (page: string, link: string) => string {
  return (page, link) => {
    if (link.startsWith('#') || /^[a-z]+:/.test(link)) return link;
    const [path = '', anchor] = link.split('#', 2);
    const target = posix.normalize(posix.join(posix.dirname(page), decodeURI(path)));
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (target === 'README.md') return `/${hash}`;
    if (pages.has(target)) return `/${target}${hash}`;
    const kind = posix.extname(target) === '' ? 'tree' : 'blob';
    return `${REPOSITORY}/${kind}/main/${target}${hash}`;
  };
}
