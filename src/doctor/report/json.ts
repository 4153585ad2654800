import type { Finding } from '../finding.ts';
import { escapeJson } from '../../system/escape.ts';
import { whys } from '../why.ts';
import { toManifest, toYaml } from './yaml.ts';

/** The same for machines; the values of changes are YAML. */
export function renderJson(findings: readonly Finding[], version: string): string {
  const shown = findings.map((finding) => {
    if (finding.status === 'pass') return { ...finding, id: finding.check };
    const { remedies, ...rest } = finding;
    return {
      ...rest,
      why: whys[finding.id],
      remedies: remedies.map(({ changes, manifest, note }) => ({
        changes: changes.map(({ value, ...change }) => ({
          ...change,
          value: value === null ? null : toYaml(value),
        })),
        ...(manifest && { manifest: `${toManifest(manifest)}\n` }),
        ...(note !== undefined && { note }),
      })),
    };
  });
  return `${escapeJson(JSON.stringify({ version, findings: shown }, null, 2))}\n`;
}
