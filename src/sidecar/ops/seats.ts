/** What is known of one connection. */
export type Seat = {
  address: string;
  /** A request is being answered. */
  busy: boolean;
  close: () => void;
};

/** How many connections there may be: of all, and of one address. */
export type SeatLimits = { all: number; each: number };

/**
 * Bounded seats for connections, with room for every newcomer: who comes when all are taken gets the
 * place of one that is idle. So a client that only connects keeps nobody out, however many it is.
 */
export class Seats {
  // In the order of their arrival.
  readonly #taken = new Set<Seat>();
  readonly #limits: SeatLimits;

  constructor(limits: SeatLimits) {
    this.#limits = limits;
  }

  /** Takes a seat for a connection; closes another one for it, if it must. */
  take(seat: Seat): void {
    const neighbours = [...this.#taken].filter(({ address }) => address === seat.address);
    if (neighbours.length >= this.#limits.each) this.#close(leastMissed(neighbours));
    else if (this.#taken.size >= this.#limits.all) {
      this.#close(leastMissed(ofLargest([...this.#taken])));
    }
    this.#taken.add(seat);
  }

  leave(seat: Seat): void {
    this.#taken.delete(seat);
  }

  #close(seat: Seat | undefined): void {
    if (seat === undefined) return;
    this.#taken.delete(seat);
    seat.close();
  }
}

/** Idle ones first, and of these the oldest. */
function leastMissed(seats: readonly Seat[]): Seat | undefined {
  return seats.find(({ busy }) => !busy) ?? seats[0];
}

/** Those of the address that has most. */
function ofLargest(seats: readonly Seat[]): Seat[] {
  const counts = new Map<string, number>();
  for (const { address } of seats) counts.set(address, (counts.get(address) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const idle = seats.find(({ address, busy }) => !busy && counts.get(address) === most);
  const chosen = idle ?? seats.find(({ address }) => counts.get(address) === most);
  return seats.filter(({ address }) => address === chosen?.address);
}
