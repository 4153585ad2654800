// Who may import whom; docs/architecture.md has the picture. Types count, and so does `await import`.

/** Room → the rooms it may import, besides itself. */
const rooms = {
  system: [],
  config: ['system'],
  kubernetes: ['system'],
  sidecar: ['kubernetes', 'config', 'system'],
  doctor: ['sidecar', 'kubernetes', 'config', 'system'],
  tools: ['kubernetes', 'config', 'system'],
  cli: ['sidecar', 'doctor', 'tools', 'config', 'system'],
};

/** The sidecar, in the order of the data. A stage imports its own level and those before it. */
const stages = [
  ['outcome.ts', 'ends.ts'],
  ['mount/'],
  ['watch/'],
  ['settle.ts', 'splay.ts'],
  ['snapshot/'],
  ['exec/'],
  ['validate/'],
  ['publish/', 'canary/'],
  ['target/'],
  ['act/'],
  ['verify/'],
  ['events.ts'],
  ['rule/'],
  ['report/'],
  ['page/', 'trigger.ts'],
  ['ops/'],
  ['prompt/', 'pod-events/', 'state/', 'source/', 'wave/', 'keep/'],
];

const inSidecar = (names) => `^src/sidecar/(?:${names.join('|').replaceAll('.', '\\.')})`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other in a circle cannot be understood one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `room-${room}`,
      comment: `${room} may import: ${allowed.join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^(?:src|cmd)/', pathNot: `^src/(?:${[room, ...allowed].join('|')})/` },
    })),
    ...stages.map((names, index) => ({
      name: `stage-${names[0].replace(/\W.*$/, '')}`,
      comment: `${names.join(', ')} may import what comes before in the order of the data`,
      severity: 'error',
      from: { path: inSidecar(names) },
      to: {
        path: '^src/sidecar/',
        pathNot: inSidecar(stages.slice(0, index + 1).flat()),
      },
    })),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    doNotFollow: { path: 'node_modules' },
  },
};
