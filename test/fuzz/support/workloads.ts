import type { Draw } from './layout.ts';

/** A workload that rehup can be added to, with its fields in any order. */
export function drawWorkload(draw: Draw, name: string): object {
  const spec = shuffle(drawSpec(draw), draw);
  const metadata = { name, labels: { app: 'my-app', tier: 'a b' }, ...drawAnnotations(draw) };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: shuffle({ replicas: 2, template: shuffle({ ...drawMetadata(draw), spec }, draw) }, draw),
  };
  const root = [pod, deployment, { apiVersion: 'v1', kind: 'List', items: [pod] }][draw(3)] ?? pod;
  return shuffle(root, draw);
}

function drawAnnotations(draw: Draw): object {
  return (
    [{}, {}, { annotations: null }, { annotations: {} }, { annotations: { note: 'a' } }][draw(5)] ??
    {}
  );
}

function drawMetadata(draw: Draw): object {
  if (draw(5) === 4) return {};
  return { metadata: { labels: { app: 'x' }, ...drawAnnotations(draw) } };
}

/** One volume or two, as a directory, or a file of it by subPath. */
function drawMounts(draw: Draw, hasTwo: boolean): object[] {
  const config = { name: 'config', mountPath: '/etc/app' };
  const isReadOnly = [{}, {}, { readOnly: true }, { readOnly: false }, { readOnly: null }][draw(5)];
  const file = { name: 'tls', mountPath: '/etc/tls.crt', subPath: 'tls.crt' };
  return [
    shuffle({ ...config, ...isReadOnly }, draw),
    ...(hasTwo ? [shuffle(draw(2) === 1 ? file : { ...file, subPath: undefined }, draw)] : []),
  ].map((mount) => JSON.parse(JSON.stringify(mount)) as object);
}

function drawSpec(draw: Draw): object {
  const isMounted = draw(5) < 4;
  const hasTwo = draw(3) === 2;
  const config = { name: 'config', configMap: { name: 'my-app-config' } };
  const tls = { name: 'tls', secret: { secretName: 'my-app-tls' } };
  const app = {
    name: 'app',
    image: 'example.com/app:1',
    args: ['sh -c', draw(3) === 2 ? 'one\n  two\n# three\n' : 'sleep 1'],
    ...(isMounted && { volumeMounts: drawMounts(draw, hasTwo) }),
    ...(!isMounted && { envFrom: [{ configMapRef: { name: 'my-app' } }] }),
    ...(draw(3) === 2 && { securityContext: { runAsUser: 101 } }),
  };
  const other = { name: 'other', image: 'example.com/other:1' };
  const volumes = isMounted
    ? [config, ...(hasTwo ? [tls] : []), ...(draw(2) === 1 ? [{ name: 'tmp', emptyDir: {} }] : [])]
    : [undefined, null, [], [{ name: 'tmp', emptyDir: {} }]][draw(4)];
  const wait = { name: 'wait', image: 'busybox', command: ['true'] };
  const prepare = {
    name: 'prepare',
    image: 'busybox',
    ...(isMounted && { volumeMounts: drawMounts(draw, false) }),
  };
  const inits = [undefined, null, [], [wait], [wait, prepare], [prepare], [prepare, wait]][draw(7)];
  const shares = [undefined, null, false, true][draw(4)];
  return {
    containers: [app, ...(draw(3) === 2 ? [other] : [])].map((one) => shuffle(one, draw)),
    ...(volumes !== undefined && { volumes }),
    ...(inits !== undefined && { initContainers: inits }),
    ...(shares !== undefined && { shareProcessNamespace: shares }),
    ...(draw(2) === 1 && { restartPolicy: 'Always' }),
    ...(draw(4) === 3 && { nodeSelector: {} }),
    ...(draw(4) === 3 && { terminationGracePeriodSeconds: null }),
  };
}

function shuffle<Fields extends object>(fields: Fields, draw: Draw): Fields {
  const entries = Object.entries(fields);
  for (let index = entries.length - 1; index > 0; index--) {
    const other = index - draw(index + 1);
    const [one, two] = [entries[index], entries[other]];
    if (one && two) [entries[index], entries[other]] = [two, one];
  }
  return Object.fromEntries(entries) as Fields;
}
