/**
 * The iterator that graphql-ws gets for a subscription. It yields nothing, because a
 * `SocketEventSink` writes the results to the socket itself. It ends when the subscription
 * ends, and graphql-ws then sends `complete`.
 */
export class SilentIterator implements AsyncGenerator<
  never,
  undefined,
  undefined
> {
  /** Resolves when the client or the server has ended the subscription. */
  readonly ended: Promise<void>;
  private readonly resolveEnded: () => void;

  constructor() {
    let resolveEnded = (): void => undefined;
    this.ended = new Promise((resolve) => {
      resolveEnded = resolve;
    });
    this.resolveEnded = resolveEnded;
  }

  /** Ends the subscription from the server's side: the client gets `complete`. */
  end(): void {
    this.resolveEnded();
  }

  /** Resolves when the subscription has ended. */
  async next(): Promise<IteratorResult<never, undefined>> {
    await this.ended;
    return { done: true, value: undefined };
  }

  /** Ends the subscription: graphql-ws calls this at the client's `complete`, and when the socket closes. */
  return(): Promise<IteratorResult<never, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the subscription with an error. */
  throw(error: unknown): Promise<IteratorResult<never, undefined>> {
    this.end();
    return Promise.reject(
      error instanceof Error ? error : new Error(String(error)),
    );
  }

  /** An iterator iterates over itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends the subscription. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
