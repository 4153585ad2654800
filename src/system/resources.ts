type Resource = Disposable | AsyncDisposable;

/** Takes charge of a resource, and hands it back. */
export type Use = <Taken extends Resource>(resource: Taken) => Taken;

/**
 * Runs `work`, and then releases what it acquired, the last first, whatever came of it. The `using`
 * of the language would do the same, but Node 22 does not have it.
 */
export async function withResources<Result>(work: (use: Use) => Promise<Result>): Promise<Result> {
  const acquired: Resource[] = [];
  try {
    return await work((resource) => {
      acquired.push(resource);
      return resource;
    });
  } finally {
    for (const resource of acquired.toReversed()) await release(resource);
  }
}

async function release(resource: Resource): Promise<void> {
  if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
  else resource[Symbol.dispose]();
}
