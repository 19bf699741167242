import { createClient, type SubscribePayload } from "graphql-ws";

/** A subscription that runs, or has ended, and its newest events. */
export interface Watch {
  readonly title: string;
  /** Why it ended; null while it runs. */
  readonly ended: string | null;
  /** Newest first, as JSON, with a number that grows. */
  readonly events: readonly {
    readonly number: number;
    readonly json: string;
  }[];
}

const eventsKept = 50;

/** The subscriptions of the explorer. They run until they are stopped, whichever tab is open. */
export class Watches {
  readonly #byTitle = new Map<string, { watch: Watch; stop: () => void }>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Watch[] = [];

  /** Every watch, the one that began last first. The same array until something changes. */
  readonly all = (): readonly Watch[] => this.#all;

  /** Calls back after each change. @returns the function that ends this */
  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Starts a subscription over a socket of its own. One of the same title is stopped and replaced. */
  start(
    title: string,
    payload: SubscribePayload,
    connectionParams: Record<string, unknown>,
  ): void {
    this.remove(title);
    const client = createClient({
      url: `${location.origin.replace(/^http/, "ws")}/graphql`,
      connectionParams,
    });
    let received = 0;
    const entry = {
      watch: { title, ended: null, events: [] } as Watch,
      stop: () => void client.dispose(),
    };
    const change = (changed: Partial<Watch>) => {
      if (this.#byTitle.get(title) !== entry) return;
      entry.watch = { ...entry.watch, ...changed };
      this.#tell();
    };
    this.#byTitle.set(title, entry);
    this.#tell();
    client.subscribe(payload, {
      next: (result) => {
        received += 1;
        const event = {
          number: received,
          json: JSON.stringify(result.data ?? result, null, 2),
        };
        change({ events: [event, ...entry.watch.events].slice(0, eventsKept) });
      },
      error: (error) => change({ ended: reasonOf(error) }),
      complete: () =>
        change({ ended: entry.watch.ended ?? "The server ended it." }),
    });
  }

  /** Stops a subscription and forgets its events. */
  remove(title: string): void {
    const entry = this.#byTitle.get(title);
    this.#byTitle.delete(title);
    entry?.stop();
    this.#tell();
  }

  #tell(): void {
    this.#all = [...this.#byTitle.values()].map(({ watch }) => watch).reverse();
    for (const listener of this.#listeners) listener();
  }
}

/** The words of an error: GraphQL errors, a closed socket, or anything else that was thrown. */
function reasonOf(error: unknown): string {
  if (Array.isArray(error))
    return error.map((each: { message: string }) => each.message).join(" ");
  if (error instanceof CloseEvent) {
    const { code, reason } = error;
    return `The socket was closed: ${String(code)} ${reason}`;
  }
  return error instanceof Error ? error.message : "The socket failed.";
}
