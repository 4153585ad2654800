/** What `--target` says. */
export type TargetSpec =
  | { by: 'auto' }
  | { by: 'container'; name: string }
  | { by: 'name'; name: string }
  | { by: 'cmdline'; pattern: RegExp }
  | { by: 'pidfile'; path: string };

export function formatTargetSpec(spec: TargetSpec): string {
  switch (spec.by) {
    case 'auto':
      return 'auto';
    case 'container':
    case 'name':
      return `${spec.by}:${spec.name}`;
    case 'cmdline':
      return `cmdline:${spec.pattern.source}`;
    case 'pidfile':
      return `pidfile:${spec.path}`;
    default:
      return spec satisfies never;
  }
}
