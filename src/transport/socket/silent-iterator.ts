/**
 * What graphql-ws is given for a subscription whose results go to the socket by themselves: an
 * iterator that yields nothing and ends when the subscription does.
 */
export class Outlet implements AsyncGenerator<never, undefined, undefined> {
  /** Resolves when the client or the server has ended it. */
  readonly ended: Promise<void>;
  private readonly resolveEnded: () => void;

  constructor() {
    let resolveEnded = (): void => undefined;
    this.ended = new Promise((resolve) => {
      resolveEnded = resolve;
    });
    this.resolveEnded = resolveEnded;
  }

  /** Ends it from the server's side: the client gets `complete`. */
  end(): void {
    this.resolveEnded();
  }

  async next(): Promise<IteratorResult<never, undefined>> {
    await this.ended;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<never, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<never, undefined>> {
    this.end();
    return Promise.reject(
      error instanceof Error ? error : new Error(String(error)),
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
