import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readProject } from './project.ts';

/** Node's word for a platform → the labels by which krew chooses. */
const PLATFORMS: Readonly<Record<string, { os: string; arch: string }>> = {
  'linux-x64': { os: 'linux', arch: 'amd64' },
  'linux-arm64': { os: 'linux', arch: 'arm64' },
  'darwin-x64': { os: 'darwin', arch: 'amd64' },
  'darwin-arm64': { os: 'darwin', arch: 'arm64' },
};

const DESCRIPTION = `Brings a ConfigMap or Secret to every pod of a workload, and says who has it
(apply, sync, wait, status); finds what is in the way (doctor); asks for a reload
(trigger). Finds in manifests what would keep one from working (lint), and adds
the sidecar to them (inject). The pods run rehup as a sidecar; nothing else is
installed in the cluster.
`;

/** Writes the manifest for the index of krew, of the archives that are in the folder. */
export function writeKrew(folder: string): string {
  const { name, version, homepage } = readProject();
  const archives = Object.entries(PLATFORMS).flatMap(([platform, matchLabels]) => {
    const archive = `${name}-${version}-${platform}.tar.gz`;
    const file = join(folder, archive);
    if (!existsSync(file)) return [];
    return {
      selector: { matchLabels },
      uri: `${homepage}/releases/download/v${version}/${archive}`,
      sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
      files: ['rehup', 'LICENSE', 'THIRD-PARTY-NOTICES', 'LICENSE-node'].map((from) => ({
        from,
        to: '.',
      })),
      bin: 'rehup',
    };
  });
  if (archives.length === 0) throw new Error(`no archive of ${name} ${version} is in ${folder}`);
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name },
    spec: {
      version: `v${version}`,
      homepage,
      shortDescription: 'Ask, check and add the reload sidecar rehup',
      description: DESCRIPTION,
      platforms: archives,
    },
  };
  const file = join(folder, `${name}.krew.yaml`);
  writeFileSync(file, stringify(manifest));
  return file;
}
