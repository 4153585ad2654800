/** A seeded source of numbers: with the same seed the order is the same once more. */
export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  readonly uint32: () => number;
  /** The same names in another order, which depends on the seed but not on the order given. */
  readonly shuffle: (names: Iterable<string>) => string[];
}

const WEYL_STEP = 0x9e3779b9;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + WEYL_STEP) >>> 0;
    return scramble(state);
  };
  return { uint32, shuffle: (names) => shuffle([...names].toSorted(), uint32) };
}

/** Spreads a counter over all 32 bits, so that neighbouring seeds give unrelated orders. */
function scramble(counter: number): number {
  let bits = counter;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}

function shuffle(names: string[], uint32: () => number): string[] {
  const left = [...names];
  const order: string[] = [];
  while (left.length > 0) order.push(...left.splice(uint32() % left.length, 1));
  return order;
}
