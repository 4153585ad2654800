/**
 * What is made once for all who ask in the same turn of the event loop. Nobody gets anything old by it;
 * the more ask at once, and the longer it takes to make, the more of them share it.
 */
export function shareInTurn<Made>(make: () => Made): () => Made {
  let shared: { made: Made } | undefined;
  return () => {
    if (shared === undefined) {
      shared = { made: make() };
      setImmediate(() => {
        shared = undefined;
      });
    }
    return shared.made;
  };
}
