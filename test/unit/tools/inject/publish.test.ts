// What inject --publish makes of a workload: rehup between its volumes and whoever reads them.
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseSidecar as parseArguments } from '../../../../src/cli/program.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { inject, type Injected } from '../../../../src/tools/inject/inject.ts';
import {
  parseInjectOptions,
  parsePolicyOptions,
  type RawInjectOptions,
} from '../../../../src/tools/inject/options.ts';
import { lint } from '../../../../src/tools/lint/lint.ts';

type Given = Partial<RawInjectOptions>;

function injectInto(text: string, given: Given = {}): Injected {
  const raw = { resources: true, ports: true, probes: true, publish: true, ...given };
  const options = parseInjectOptions('a.yaml', raw);
  const { settings } = loadConfig({ flags: {}, env: options.env });
  return inject({ file: 'a.yaml', text }, { ...options, settings, usesApi: false });
}

function lintText(text: string): string[] {
  const sources = { sources: [{ file: 'a.yaml', text }], skipped: [] };
  const { findings } = lint(sources, { kubernetes: undefined, ignore: [] }, parseArguments);
  return findings.map(({ id }) => id);
}

type Tree = Record<string, unknown>;
type Mount = { name: string; mountPath: string; subPath?: string; readOnly?: boolean };
type Container = Tree & {
  name: string;
  args?: string[];
  env?: { name: string; value: string }[];
  volumeMounts?: Mount[];
};
type Spec = Tree & {
  initContainers?: Container[];
  containers: Container[];
  volumes: (Tree & { name: string })[];
};

const config = { name: 'config', configMap: { name: 'my-app' } };
const tls = { name: 'tls', secret: { secretName: 'my-app-tls' } };
const whole = { name: 'config', mountPath: '/etc/my-app' };
const certificate = { name: 'tls', mountPath: '/etc/tls.crt', subPath: 'tls.crt' };

/** A pod whose app has these mounts. */
function podOf(mounts: readonly object[], change: Tree = {}, volumes: object[] = [config]): string {
  const app = { name: 'my-app', image: 'example.com/my-app:1.0', volumeMounts: mounts };
  const security = { runAsUser: 10_001, runAsNonRoot: true };
  const spec = { securityContext: security, containers: [app], volumes, ...change };
  const metadata = { name: 'my-app', labels: { app: 'my-app' } };
  return stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
}

function specOf({ text }: Injected): Spec {
  return (parse(text) as { spec: Spec }).spec;
}

function find(spec: Spec, name: string): Container {
  const found = [...(spec.initContainers ?? []), ...spec.containers].find(
    (one) => one.name === name,
  );
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

const envOf = ({ env = [] }: Container): Tree =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]));

const names = (list: readonly { name: string }[] = []): string[] => list.map(({ name }) => name);

describe('a volume that is mounted as a directory', () => {
  const result = injectInto(podOf([whole]));
  const spec = specOf(result);

  it('is in rehup only, and what is published of it in the app, read-only and at the same path', () => {
    expect(find(spec, 'my-app').volumeMounts).toEqual([
      { name: 'rehup-published', mountPath: '/etc/my-app', readOnly: true },
    ]);
    expect(find(spec, 'rehup').volumeMounts).toEqual([
      { name: 'config', mountPath: '/etc/watched/config', readOnly: true },
      { name: 'rehup-published', mountPath: '/published' },
    ]);
    expect(spec.volumes).toEqual([
      config,
      { name: 'rehup-published', emptyDir: { sizeLimit: '16Mi' } },
    ]);
    expect(envOf(find(spec, 'rehup'))).toEqual({
      REHUP_WATCH: '/etc/watched/config',
      REHUP_PUBLISH: '/published',
    });
  });

  it('is published before the app starts: the kubelet waits for /readyz, and for long', () => {
    expect(find(spec, 'rehup')).toMatchObject({
      restartPolicy: 'Always',
      startupProbe: {
        httpGet: { path: '/readyz' },
        periodSeconds: 1,
        failureThreshold: 300,
      },
    });
  });

  it('comes out as lint likes it, and the same when it is done again', () => {
    expect(lintText(result.text)).toEqual([]);
    const again = injectInto(result.text);
    expect(again.text).toBe(result.text);
    expect(again.left).toEqual([
      { object: 'Pod/my-app', reason: 'has rehup already', isRefused: false },
    ]);
  });
});

describe('a mount by subPath', () => {
  it('stays one, of a key that is written in place', () => {
    const spec = specOf(injectInto(podOf([certificate], {}, [tls])));
    expect(find(spec, 'my-app').volumeMounts).toEqual([
      { ...certificate, name: 'rehup-published', readOnly: true },
    ]);
    expect(envOf(find(spec, 'rehup'))).toMatchObject({ REHUP_PUBLISH_AS: 'tls.crt=in-place' });
  });

  it('has its form in front of those that are given', () => {
    const env = ['REHUP_PUBLISH_AS=*=files'];
    const spec = specOf(injectInto(podOf([certificate], {}, [tls]), { env }));
    const forms = 'tls.crt=in-place,*=files';
    expect(envOf(find(spec, 'rehup'))).toMatchObject({ REHUP_PUBLISH_AS: forms });
  });

  it('by an expression is any key that it may come to', () => {
    const { subPath: _, ...mount } = certificate;
    const text = podOf([{ ...mount, subPathExpr: '$(POD_NAME).crt' }], {}, [tls]);
    const spec = specOf(injectInto(text));
    expect(envOf(find(spec, 'rehup'))).toMatchObject({ REHUP_PUBLISH_AS: '*.crt=in-place' });
  });

  it.each([
    ['a/tls.crt', 'what lies in a directory is never written in place'],
    ['a', 'a directory of its own is swapped at each change'],
  ])('of %s is refused: %s', (subPath, reason) => {
    const items = [{ key: 'tls.crt', path: 'a/tls.crt' }];
    const projected = { sources: [{ secret: { name: 'my-app-tls', items } }] };
    const volumes = [{ name: 'tls', projected }];
    const { left, text } = injectInto(podOf([{ ...certificate, subPath }], {}, volumes));
    expect(left[0]?.reason).toContain(reason);
    expect(left[0]?.isRefused).toBe(true);
    expect(text).not.toContain('rehup');
  });

  it('is refused where the app is told nothing', () => {
    const { left } = injectInto(podOf([certificate], {}, [tls]), { env: ['REHUP_ACTION=none'] });
    expect(left[0]?.reason).toContain('REHUP_ACTION=none tells the app nothing');
  });
});

describe('several volumes', () => {
  const text = podOf([whole, certificate], {}, [config, tls]);
  const result = injectInto(text);
  const spec = specOf(result);

  it('have a rule each, in an annotation of the pod that rehup reads as a file', () => {
    const { annotations } = (parse(result.text) as { metadata: { annotations: Tree } }).metadata;
    expect(parse(String(annotations['rehup.dev/rules']))).toEqual({
      rules: [
        { name: 'config', watch: '/etc/watched/config', publish: '/published/config' },
        {
          name: 'tls',
          watch: '/etc/watched/tls',
          publish: '/published/tls',
          publishAs: 'tls.crt=in-place',
        },
      ],
    });
    expect(envOf(find(spec, 'rehup'))).toEqual({ REHUP_CONFIG: '/etc/rehup/rules.yaml' });
  });

  it('have a published one each, that of a Secret in memory', () => {
    expect(names(find(spec, 'my-app').volumeMounts)).toEqual([
      'rehup-published-config',
      'rehup-published-tls',
    ]);
    expect(spec.volumes.slice(2, 4)).toEqual([
      { name: 'rehup-published-config', emptyDir: { sizeLimit: '16Mi' } },
      { name: 'rehup-published-tls', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
    ]);
  });

  it('are looked at by lint, with the rules in the annotation', () => {
    expect(lintText(result.text)).toEqual([]);
    expect(lintText(result.text.replace('publishAs:', 'publishAS:'))).toEqual([
      'config-file-invalid',
    ]);
    expect(lintText(result.text.replace('tls.crt=in-place', '*=links'))).toEqual([
      'published-by-sub-path',
    ]);
  });

  it('are one where one is named', () => {
    const one = specOf(injectInto(text, { volume: ['config'] }));
    expect(names(find(one, 'my-app').volumeMounts)).toEqual(['rehup-published', 'tls']);
  });

  it('are refused where the annotation is there, or where it goes is not known', () => {
    const taken = text.replace('labels:', 'annotations: { rehup.dev/rules: mine }\n  labels:');
    expect(injectInto(taken).left[0]?.reason).toContain('an annotation rehup.dev/rules already');
    const other = `kind: Other\nmetadata: { name: x }\nspec:\n  podTemplate:\n${stringify(spec).replaceAll(/^/gm, '    ')}`;
    const plain = other
      .replaceAll(/rehup-published-(\w+)/g, '$1')
      .replaceAll(/name: rehup\b/g, 'name: other')
      .replaceAll('ghcr.io/rehup/rehup', 'x')
      .replaceAll('REHUP_', 'X_');
    expect(injectInto(plain).left[0]?.reason).toContain('is not known; name one with --volume');
  });
});

describe('init containers', () => {
  const inits = [
    { name: 'network', image: 'busybox' },
    { name: 'prepare', image: 'busybox', volumeMounts: [whole] },
  ];
  const text = podOf([whole], { initContainers: inits });

  it('that read the volume come after the native sidecar, and get what is published', () => {
    const spec = specOf(injectInto(text));
    expect(names(spec.initContainers)).toEqual(['network', 'rehup', 'prepare']);
    expect(find(spec, 'prepare').volumeMounts).toMatchObject([{ name: 'rehup-published' }]);
    // It is no app: only one container is.
    expect(envOf(find(spec, 'rehup'))).toMatchObject({ REHUP_TARGET: 'container:my-app' });
  });

  it('that read nothing of it stay in front', () => {
    const spec = specOf(injectInto(podOf([whole], { initContainers: inits.slice(0, 1) })));
    expect(names(spec.initContainers)).toEqual(['network', 'rehup']);
  });

  it('come after one that publishes the first content, where rehup is a plain container', () => {
    const env = ['REHUP_VALIDATE=*.json=json', 'REHUP_URL=http://127.0.0.1/', 'REHUP_SURVIVE=2s'];
    const result = injectInto(text, { sidecar: 'plain', env });
    const spec = specOf(result);
    expect(names(spec.initContainers)).toEqual(['network', 'rehup-publish', 'prepare']);
    expect(find(spec, 'rehup-publish').args).toEqual(['once']);
    expect(envOf(find(spec, 'rehup-publish'))).toEqual({
      REHUP_WATCH: '/etc/watched/config',
      REHUP_PUBLISH: '/published',
      REHUP_VALIDATE: '*.json=json',
      REHUP_ACTION: 'none',
      REHUP_LISTEN: 'off',
    });
    expect(names(spec.containers)).toEqual(['my-app', 'rehup']);
    expect(lintText(result.text)).toEqual([]);
  });
});

describe('names that are taken', () => {
  it('are passed over, those of volumes and of containers', () => {
    const volumes = [config, { name: 'rehup-published', emptyDir: {} }];
    const initContainers = [{ name: 'rehup-publish', image: 'busybox' }];
    const text = podOf([whole], { initContainers }, volumes);
    const spec = specOf(injectInto(text, { sidecar: 'plain' }));
    expect(names(find(spec, 'my-app').volumeMounts)).toEqual(['rehup-published-2']);
    expect(names(spec.initContainers)).toEqual(['rehup-publish', 'rehup-publish-2']);
  });
});

describe('room', () => {
  it('is there for the generations of all objects, and for what is unpacked', () => {
    const sources = Array.from({ length: 6 }, (_, index) => ({ configMap: { name: `c${index}` } }));
    const text = podOf([whole], {}, [{ name: 'config', projected: { sources } }]);
    const limit = (given: Given): unknown =>
      specOf(injectInto(text, given)).volumes[1]?.['emptyDir'];
    expect(limit({})).toEqual({ sizeLimit: '24Mi' });
    expect(limit({ env: ['REHUP_GUNZIP=*.gz'] })).toEqual({ sizeLimit: '96Mi' });
  });
});

describe('what would go past rehup', () => {
  it('is said of the environment of an app', () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'my-app', key: 'a' } } }];
    const text = podOf([whole]).replace(
      '      volumeMounts:',
      `      env: ${JSON.stringify(env)}\n      volumeMounts:`,
    );
    expect(injectInto(text).remarks.join()).toContain('in its environment, too');
  });

  it('is every other container that has the volume: it gets what is published as well', () => {
    const log = { name: 'log', image: 'example.com/log', volumeMounts: [whole] };
    const text = podOf([whole]).replace(
      '  containers:\n',
      `  containers:\n    - ${JSON.stringify(log)}\n`,
    );
    const spec = specOf(injectInto(text, { container: 'my-app' }));
    expect(names(find(spec, 'log').volumeMounts)).toEqual(['rehup-published']);
  });
});

describe('what is refused', () => {
  it.each<[string, string, Given]>([
    ['would start on nothing: with --no-probes', podOf([whole]), { probes: false }],
    ['kubelet cannot ask /readyz', podOf([whole]), { env: ['REHUP_LISTEN=off'] }],
    ['kubelet cannot ask /readyz', podOf([whole]), { env: ['REHUP_LISTEN=127.0.0.1:9533'] }],
    [
      'of the kind emptyDir, which something in the pod may write',
      podOf([{ name: 'tmp', mountPath: '/tmp' }], {}, [{ name: 'tmp', emptyDir: {} }]),
      { volume: ['tmp'] },
    ],
    ['Windows', podOf([whole], { os: { name: 'windows' } }), {}],
    [
      'which rehup cannot read',
      podOf([whole], {}, [{ name: 'config', configMap: { name: 'a', defaultMode: 0o400 } }]),
      {},
    ],
  ])('%s', (reason, text, given) => {
    const { left, text: after } = injectInto(text, given);
    expect(left[0]?.reason).toContain(reason);
    expect(left[0]?.isRefused).toBe(true);
    expect(after).toBe(text);
  });

  it('a pod with a rehup that publishes nothing', () => {
    const before = injectInto(podOf([whole]), { publish: false }).text;
    expect(injectInto(before).left[0]?.reason).toContain('take that out first');
  });

  it.each(['REHUP_WATCH=/x', 'REHUP_PUBLISH=/x', 'REHUP_CONFIG=/x', 'REHUP_SOURCE=configmap/x'])(
    '--env %s, which --publish sets itself',
    (variable) => {
      expect(() => injectInto(podOf([whole]), { env: [variable] })).toThrow('--publish sets that');
    },
  );

  it('--publish for a policy', () => {
    const raw = { publish: true, policy: true, resources: true, ports: true, probes: true };
    expect(() => parsePolicyOptions(undefined, raw)).toThrow('--publish');
  });

  it('an app that takes all of it from its environment is left as it is', () => {
    const app = { name: 'a', image: 'a', envFrom: [{ configMapRef: { name: 'my-app' } }] };
    const { left } = injectInto(podOf([], { containers: [app], volumes: [] }));
    expect(left).toMatchObject([{ isRefused: false }]);
    expect(left[0]?.reason).toContain('nothing can be published there');
  });

  it('a name that is written elsewhere by an alias, with exit code 70 and nothing written', () => {
    const text = `kind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n  - name: app\n    image: nginx\n    volumeMounts:\n    - name: &v config\n      mountPath: /c\n  volumes:\n  - name: *v\n    configMap: { name: s }\n`;
    expect(() => injectInto(text)).toThrow(
      expect.objectContaining({
        exitCode: 70,
        message: expect.stringContaining('without aliases') as unknown,
      }),
    );
  });
});

describe('the layout', () => {
  it('stays: quotes, comments, and maps in braces', () => {
    const text = `kind: Pod
metadata: { name: p }
spec:
  containers:
    - name: app
      image: nginx
      volumeMounts:
        - { name: config, mountPath: /etc/app } # here
        - name: 'config' # and here
          mountPath: /etc/other
        - {"name": "config", "mountPath": "/etc/third"}
  volumes: [{ name: config, configMap: { name: my-app } }]
`;
    const after = injectInto(text).text;
    expect(after).toContain(`
        - { name: rehup-published, mountPath: /etc/app, readOnly: true } # here
        - name: 'rehup-published' # and here
          mountPath: /etc/other
          readOnly: true
        - {"name": "rehup-published", "mountPath": "/etc/third", "readOnly": true}
`);
  });
});
