import { describe, expect, it } from 'vitest';
import {
  FOLDER_ANNOTATION,
  parseSources,
  type SourceSpec,
} from '../../../src/config/parse-source.ts';

const named: SourceSpec = {
  kind: 'ConfigMap',
  select: { name: 'app' },
  namespaces: 'own',
  folder: undefined,
  names: 'key',
};
const labelled: SourceSpec = {
  kind: 'ConfigMap',
  select: { labels: 'grafana_dashboard=1' },
  namespaces: 'own',
  folder: FOLDER_ANNOTATION,
  names: 'key',
};

describe('parseSources', () => {
  it.each<[raw: string, specs: SourceSpec[]]>([
    ['configmap/app', [named]],
    [
      ' ConfigMap/app , secret/app-tls.v2,',
      [named, { ...named, kind: 'Secret', select: { name: 'app-tls.v2' } }],
    ],
    ['configmap/app?namespace=shop', [{ ...named, namespaces: ['shop'] }]],
    ['configmap?label=grafana_dashboard=1', [labelled]],
    ['configmap?label=grafana_dashboard=1&namespace=*', [{ ...labelled, namespaces: 'all' }]],
    [
      'configmap?label=grafana_dashboard=1&namespace=web,shop,secret/app',
      [
        { ...labelled, namespaces: ['web', 'shop'] },
        { ...named, kind: 'Secret' },
      ],
    ],
    [
      'secret?label=tier in (a, b),!old&label=x!=y&names=unique&folder=example.com/folder',
      [
        {
          kind: 'Secret',
          select: { labels: 'tier in (a, b),!old,x!=y' },
          namespaces: 'own',
          folder: 'example.com/folder',
          names: 'unique',
        },
      ],
    ],
  ])('reads %j', (raw, specs) => {
    expect(parseSources(raw)).toEqual(specs);
  });

  it.each<[raw: string, reason: string]>([
    ['', 'names no source'],
    ['app', 'has app, which is not a source; write configmap/<name>'],
    ['deployment/app', 'has deployment/app, which is not a source'],
    ['configmap/', 'names no object'],
    ['configmap/App', 'names no object'],
    ['configmap/../app', 'names no object'],
    ['configmap', 'takes every object there is: add a label'],
    ['configmap?label=', 'takes every object there is: add a label'],
    ['configmap?namespace=web', 'takes every object there is: add a label'],
    ['configmap/app?label=a=b', 'one object by its name'],
    ['configmap/app?namespace=*', 'is of one namespace'],
    ['configmap?label=a&namespace=Web', 'where Web is not a namespace; all are *'],
    ['configmap?label=a&namespace=', 'where an empty name is not a namespace'],
    ['configmap?label=a&names=short', 'where names is neither key nor unique'],
    ['configmap?label=a&unique=true', 'with the setting unique; there are label, namespace'],
  ])('refuses %j', (raw, reason) => {
    expect(() => parseSources(raw)).toThrow(reason);
  });
});
