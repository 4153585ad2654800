import { asRecord } from '../../../system/plain.ts';
import { parseQuantity, RESOURCES } from '../../manifest/resources.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import type { Subject } from '../subject.ts';

const MEBIBYTE = 2 ** 20;

/** Below, and it is killed or slowed down; above, and it is paid for and not used (README: Footprint). */
const LEAST_MEMORY = 40 * MEBIBYTE;
const LEAST_CPU = 0.02;
const MOST_MEMORY = 256 * MEBIBYTE;
const MOST_CPU = 0.25;

export const resourceChecks: readonly Check[] = [
  {
    id: 'resources-missing',
    severity: 'note',
    summary: 'rehup has no memory request',
    find: (subject) => {
      const { rehup } = subject;
      const memory = quantityOf(subject, 'requests', 'memory');
      if (memory !== undefined || quantityOf(subject, 'limits', 'memory') !== undefined) return [];
      return [
        {
          path: [...rehup.path, 'resources'],
          message: 'rehup has no memory request',
          why: 'the scheduler takes it for free, and the pod is among the first to go when the node runs out of memory',
          remedies: [
            {
              text: 'request what it takes',
              edits: [
                { path: [...rehup.path, 'resources', 'requests'], value: RESOURCES.requests },
              ],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'limits-too-low',
    severity: 'warning',
    summary: 'a limit of rehup is below what it takes',
    find: (subject) => [
      ...compare(subject, {
        part: 'limits',
        name: 'memory',
        value: RESOURCES.limits.memory,
        isOff: (memory) => memory < LEAST_MEMORY,
        why: 'rehup takes 19 to 29 MiB at rest, and some more for what it loads when it is needed first; above the limit the kernel kills it',
      }),
      ...compare(subject, {
        part: 'limits',
        name: 'cpu',
        value: '100m',
        isOff: (cpu) => cpu < LEAST_CPU,
        why: 'rehup takes no CPU at rest, and some at its start and for a reload: below that it is slowed down to seconds',
      }),
    ],
  },
  {
    id: 'requests-too-high',
    severity: 'note',
    summary: 'rehup requests far more than it takes',
    find: (subject) => [
      ...compare(subject, {
        part: 'requests',
        name: 'memory',
        value: RESOURCES.requests.memory,
        isOff: (memory) => memory > MOST_MEMORY,
        why: 'rehup takes 19 to 29 MiB at rest; what is requested is kept from others',
      }),
      ...compare(subject, {
        part: 'requests',
        name: 'cpu',
        value: RESOURCES.requests.cpu,
        isOff: (cpu) => cpu > MOST_CPU,
        why: 'rehup takes almost no CPU; what is requested is kept from others',
      }),
    ],
  },
];

type Part = 'requests' | 'limits';
type Name = 'cpu' | 'memory';

type Comparison = {
  part: Part;
  name: Name;
  /** What would be right. */
  value: string;
  isOff: (amount: number) => boolean;
  why: string;
};

function compare(subject: Subject, { part, name, value, isOff, why }: Comparison): Found[] {
  const amount = quantityOf(subject, part, name);
  if (amount === undefined || !isOff(amount)) return [];
  const path = [...subject.rehup.path, 'resources', part, name];
  return [
    {
      path,
      message: `rehup has ${part}.${name}: ${String(rawQuantity(subject, part, name))}`,
      why,
      remedies: [{ text: 'what it takes, with some room', edits: [{ path, value }] }],
    },
  ];
}

function rawQuantity({ rehup }: Subject, part: Part, name: Name): unknown {
  return asRecord(asRecord(rehup.value['resources'])[part])[name];
}

function quantityOf(subject: Subject, part: Part, name: Name): number | undefined {
  return parseQuantity(rawQuantity(subject, part, name));
}
