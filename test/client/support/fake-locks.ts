/** Web Locks for Node 20, which has none: exclusive, first come first served, given up by signal. */
export class FakeLocks {
  private readonly tails = new Map<string, Promise<unknown>>();

  async request(
    name: string,
    { signal }: { signal?: AbortSignal },
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const before = this.tails.get(name) ?? Promise.resolve();
    const turn = before.then(() => {
      if (signal?.aborted) throw signal.reason;
      return work();
    });
    this.tails.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }
}
