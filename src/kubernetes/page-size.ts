/** What a page may take; as text, parsed and in buffers it is some times as much. */
const PAGE_BYTES = 512 * 1024;

const FIRST = 8;
const MOST = 500;

export type PageSize = {
  /** How many objects to ask for now. */
  next: () => number;
  /** One came that took so many bytes. */
  saw: (bytes: number) => void;
};

/** How many objects a page of a list has: begins with few, and goes by what the last page held. */
export function createPageSize(): PageSize {
  let asked = 0;
  let count = 0;
  let bytes = 0;
  return {
    next: () => {
      const fits = count === 0 ? FIRST : Math.floor((PAGE_BYTES * count) / bytes);
      // The next ones may be larger: never many more at once.
      asked = Math.max(1, Math.min(fits, (asked || FIRST) * 4, MOST));
      count = 0;
      bytes = 0;
      return asked;
    },
    saw: (taken) => {
      count += 1;
      bytes += Math.max(1, taken);
    },
  };
}
