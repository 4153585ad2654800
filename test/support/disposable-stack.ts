// Node 22 has `Symbol.asyncDispose`, but not yet the stack that the tests collect resources in.

type Release = () => unknown;

class Stack implements AsyncDisposable {
  #releases: Release[] = [];

  use<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource {
    this.defer(() =>
      Symbol.asyncDispose in resource
        ? resource[Symbol.asyncDispose]()
        : resource[Symbol.dispose](),
    );
    return resource;
  }

  adopt<Value>(value: Value, release: (value: Value) => unknown): Value {
    this.defer(() => release(value));
    return value;
  }

  defer(release: Release): void {
    this.#releases.push(release);
  }

  move(): Stack {
    const moved = new Stack();
    moved.#releases = this.#releases.splice(0);
    return moved;
  }

  async disposeAsync(): Promise<void> {
    const failures: unknown[] = [];
    for (const release of this.#releases.splice(0).toReversed()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disposeAsync();
  }
}

if (!('AsyncDisposableStack' in globalThis)) {
  Object.defineProperty(globalThis, 'AsyncDisposableStack', { value: Stack });
}
