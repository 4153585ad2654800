/** What rehup requests, and its limit: README, Footprint, and the manifests in `examples`. */
export const RESOURCES = {
  requests: { cpu: '5m', memory: '48Mi' },
  limits: { memory: '64Mi' },
} as const;

const FACTORS: Readonly<Record<string, number | undefined>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** `100m`, `64Mi`, `0.5`, `1`: cores or bytes. `undefined` where it is not a quantity. */
export function parseQuantity(raw: unknown): number | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(raw).trim()) ?? [];
  const factor = FACTORS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
