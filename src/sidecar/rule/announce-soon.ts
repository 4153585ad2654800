/**
 * An update is told of once the signal is sent: a line of the log takes as long as all that is done
 * before it. Where something is waited for before that, it is told of at once.
 *
 * @returns Tells of it now, if it has not been told of yet.
 */
export function announceSoon(tell: () => void): () => void {
  let told = false;
  const now = (): void => {
    clearImmediate(soon);
    if (!told) tell();
    told = true;
  };
  const soon = setImmediate(now);
  return now;
}
