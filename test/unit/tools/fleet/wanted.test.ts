import { describe, expect, it } from 'vitest';
import { findWanted, type Wanted } from '../../../../src/tools/fleet/wanted.ts';

function find(text: string): Wanted[] {
  return findWanted([{ file: 'a.yaml', text }], 'web');
}

describe('the objects to be applied', () => {
  it('are the ConfigMaps and Secrets of the files, in the namespace that it is about', () => {
    const text = `
kind: ConfigMap
apiVersion: v1
metadata: {name: app, namespace: web, labels: {a: b}}
data: {greeting: hello}
---
{kind: List, apiVersion: v1, items: [{kind: Secret, apiVersion: v1, metadata: {name: tls}, data: {k: djE=}}]}`;
    expect(find(text)).toEqual([
      {
        kind: 'ConfigMap',
        name: 'app',
        namespace: 'web',
        body: {
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: { name: 'app', namespace: 'web', labels: { a: 'b' } },
          data: { greeting: 'hello' },
        },
      },
      {
        kind: 'Secret',
        name: 'tls',
        namespace: 'web',
        body: {
          kind: 'Secret',
          apiVersion: 'v1',
          metadata: { name: 'tls', namespace: 'web' },
          data: { k: 'djE=' },
        },
      },
    ]);
  });

  it('are what people write, without what the server alone writes', () => {
    const [found] = find(`
kind: Secret
apiVersion: v1
metadata:
  name: tls
  uid: x
  resourceVersion: "1"
  managedFields: []
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}', team: a}
data: {a: b25l}
stringData: {b: two}`);
    expect(found?.body).toEqual({
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: { name: 'tls', namespace: 'web', annotations: { team: 'a' } },
      data: { a: 'b25l', b: 'dHdv' },
    });
  });

  it.each([
    [
      '{kind: Deployment, metadata: {name: app}}',
      'only ConfigMaps and Secrets are applied, and there is more in the files: Deployment app',
    ],
    ['', 'there is no ConfigMap or Secret in the files'],
    ['{kind: ConfigMap, metadata: {}}', 'a ConfigMap has no name'],
    [
      '{kind: ConfigMap, metadata: {name: a, namespace: db}}',
      'a.yaml: ConfigMap a is of namespace db, and this is about web',
    ],
    [
      '{kind: ConfigMap, metadata: {name: a}}\n---\n{kind: ConfigMap, metadata: {name: a}}',
      'there are two of ConfigMap a',
    ],
    ['{kind: Secret, metadata: {name: a}, stringData: {pin: 1234}}', 'stringData.pin is not text'],
    ['{kind: ConfigMap, metadata: {name: [}', 'a.yaml: line 1'],
  ])('are refused: %s', (text, said) => {
    expect(() => find(text)).toThrow(said);
    expect(() => find(text)).not.toThrow('1234');
  });
});
