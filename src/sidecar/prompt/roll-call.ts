export type RollCall = {
  /** What is to be told of each object. Only the first time counts. */
  answer: (object: string, watched: boolean) => void;
};

/** Waits until it is known of every object whether it is watched, and tells once which are. */
export function createRollCall(
  objects: readonly string[],
  onComplete: (watched: string[]) => void,
): RollCall {
  const answers = new Map<string, boolean>();
  return {
    answer: (object, watched) => {
      if (answers.has(object)) return;
      answers.set(object, watched);
      if (answers.size < objects.length) return;
      onComplete(objects.filter((each) => answers.get(each) === true));
    },
  };
}
