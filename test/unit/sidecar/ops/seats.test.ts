import { describe, expect, it } from 'vitest';
import { type Seat, Seats } from '../../../../src/sidecar/ops/seats.ts';

interface Visitor {
  readonly seat: Seat;
  readonly name: string;
}

/** Takes seats, and tells who had to go. */
function scene(limits: { all: number; each: number }): {
  seats: Seats;
  come: (name: string, address: string, busy?: boolean) => Visitor;
  gone: string[];
} {
  const seats = new Seats(limits);
  const gone: string[] = [];
  const come = (name: string, address: string, busy = false): Visitor => {
    const seat = { address, busy, close: () => void gone.push(name) };
    seats.take(seat);
    return { seat, name };
  };
  return { seats, come, gone };
}

describe('seats for connections', () => {
  it('are given to every newcomer, and taken from the oldest idle one', () => {
    const { come, gone } = scene({ all: 2, each: 2 });
    for (const name of ['a', 'b', 'c', 'd']) come(name, name);
    expect(gone).toEqual(['a', 'b']);
  });

  it('are taken from the address that has most', () => {
    const { come, gone } = scene({ all: 4, each: 4 });
    come('probe', 'node');
    for (const name of ['a', 'b', 'c']) come(name, 'flood');
    come('scrape', 'prometheus');
    come('d', 'flood');
    expect(gone).toEqual(['a', 'b']);
  });

  it('are no more for one address than its share', () => {
    const { come, gone } = scene({ all: 10, each: 2 });
    come('probe', 'node');
    for (const name of ['a', 'b', 'c', 'd']) come(name, 'flood');
    expect(gone).toEqual(['a', 'b']);
  });

  it('are left to who is being answered, as long as there are others', () => {
    const { come, gone } = scene({ all: 3, each: 3 });
    come('a', '1', true);
    const { seat } = come('b', '1', true);
    come('c', '1');
    come('d', '1', true);
    expect(gone).toEqual(['c']);
    seat.busy = false;
    come('e', '1');
    come('f', '1');
    come('g', '2');
    expect(gone).toEqual(['c', 'b', 'e', 'f']);
  });

  it('are free again when somebody leaves', () => {
    const { come, gone, seats } = scene({ all: 1, each: 1 });
    seats.leave(come('a', '1').seat);
    come('b', '1');
    expect(gone).toEqual([]);
  });
});
