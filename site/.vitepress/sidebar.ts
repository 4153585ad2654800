import { posix } from 'node:path';

/** As the theme of VitePress takes it. */
export interface SidebarItem {
  text: string;
  link?: string;
  collapsed?: boolean;
  items?: SidebarItem[];
}

/** The front page of the docs is the one list of pages by task: the sidebar is read from it. */
export function readSidebar(index: string): SidebarItem[] {
  const [tasks = '', manifests = ''] = index.split(/^## .*$/m);
  const groups = [...tasks.matchAll(/^\*\*([^*]+?)\.?\*\* ([\s\S]*?)(?=\n\n|$(?![\s\S]))/gm)].map(
    ([, text = '', body = '']) => ({ text, items: readLinks(body) }),
  );
  return [
    { text: 'Start', items: [{ text: 'rehup in five minutes', link: '/' }] },
    ...groups,
    { text: 'Complete manifests', collapsed: true, items: readLinks(manifests) },
  ];
}

/** Links to pages; a link to what is no page, such as a schema, has no place in a sidebar. */
function readLinks(body: string): SidebarItem[] {
  return [...body.matchAll(/\[([^\]]+)\]\(([^)#]+\.md)(#[^)]*)?\)/g)].map(
    ([, text = '', path = '', hash = '']) => ({
      text: text.replace(/^an? |^the /, '').replace(/^./, (first) => first.toUpperCase()),
      link: `/${posix.join('docs', path)}${hash}`,
    }),
  );
}
