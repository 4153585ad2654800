/** A field, and what it is to be. */
export type Change = {
  /**
   * Where: `spec.containers[name=rehup].env`. Of a Pod, or of the template of a workload. A list is
   * named with the items to be added; one with the same name (mountPath, for a mount) is replaced.
   */
  path: string;
  /** As YAML has it; `null`: remove what is there. */
  value: unknown;
  /** Where it is not the pod spec: a file, or the node. */
  where?: string;
};

/** A way out: all of its changes together. */
export type Remedy = {
  changes: readonly Change[];
  /** Objects to be made. */
  manifest?: readonly object[];
  /** What there is to know before it is chosen. */
  note?: string;
};

export function podField(path: string, value: unknown): Change {
  return { path: `spec.${path}`, value };
}

export function containerField(container: string, path: string, value: unknown): Change {
  return { path: `spec.containers[name=${container}].${path}`, value };
}

export function setVariables(container: string, values: Readonly<Record<string, string>>): Change {
  const items = Object.entries(values).map(([name, value]) => ({ name, value }));
  return containerField(container, 'env', items);
}

export function removeVariable(container: string, name: string): Change {
  return containerField(container, `env[name=${name}]`, null);
}

export function addMount(container: string, volume: string, mountPath: string): Change {
  return containerField(container, 'volumeMounts', [{ name: volume, mountPath }]);
}

export function removeMount(container: string, mountPath: string): Change {
  return containerField(container, `volumeMounts[mountPath=${mountPath}]`, null);
}

export function addEmptyDir(name: string): Change {
  return podField('volumes', [{ name, emptyDir: {} }]);
}
