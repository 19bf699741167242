import { NoConnectionError } from "./failure.js";
import type { Access, PerAccess } from "./access.js";

interface Waiter<T> {
  readonly access: Access;
  readonly owner: string | null;
  /** The round that it is served in: an owner has one request in each. */
  readonly round: number;
  readonly order: number;
  readonly resolve: (found: T) => void;
  readonly reject: (error: Error) => void;
}

const accesses = ["read", "write"] as const;

/** Who asks, and how. */
export interface Asking {
  readonly access: Access;
  /** The user that it is for; null for nobody, or for many at once. */
  readonly owner: string | null;
  /** How long it may wait. */
  readonly limitMs: number;
  /** It goes before all others with the same access. */
  readonly isUrgent: boolean;
}

/**
 * Requests that wait for a connection, where their kind of access has any free. Owners take turns: the first
 * request of each, then the second of each. Within a round, and among an owner's own, first come is first
 * served. A request of nobody, or of many, stands in the present round. No owner has more than half of the
 * connections.
 */
export class WaitingLine<T> {
  private readonly waiting: Record<Access, Waiter<T>[]> = {
    read: [],
    write: [],
  };
  private readonly inUse = new Map<string, number>();
  private readonly connections: () => number;
  private order = 0;
  private round = 0;

  /** @param connections how many there are at most, now */
  constructor(connections: () => number) {
    this.connections = connections;
  }

  /**
   * Waits until {@link give} comes to it. {@link leave} follows.
   * @throws {NoConnectionError} once the time is up
   */
  join({ access, owner, limitMs, isUrgent }: Asking): Promise<T> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting[access];
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1);
        reject(
          new NoConnectionError(
            `No connection to the database became free in ${String(limitMs)} ms.`,
          ),
        );
      }, limitMs);
      const waiter: Waiter<T> = {
        ...{ access, owner },
        round: isUrgent ? -1 : this.roundOf(owner, queue),
        order: this.order++,
        resolve: (found) => {
          clearTimeout(timer);
          resolve(found);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const before = queue.findLastIndex(({ round }) => round <= waiter.round);
      queue.splice(before + 1, 0, waiter);
    });
  }

  /** The kind of access that is served next: some are free, and its first request comes first; else null. */
  nextAccess(free: PerAccess): Access | null {
    let next: Waiter<T> | null = null;
    for (const access of accesses) {
      const first = free[access] > 0 ? this.first(access) : undefined;
      if (first && (next === null || isBefore(first, next))) next = first;
    }
    return next?.access ?? null;
  }

  /** Gives the first request of an access what it waits for. */
  give(access: Access, found: T): void {
    const first = this.first(access);
    if (!first) return;
    const queue = this.waiting[access];
    queue.splice(queue.indexOf(first), 1);
    this.round = Math.max(this.round, first.round);
    const { owner } = first;
    if (owner !== null) this.inUse.set(owner, (this.inUse.get(owner) ?? 0) + 1);
    first.resolve(found);
  }

  /** What an owner was given is free again. */
  leave(owner: string | null): void {
    if (owner === null) return;
    const left = (this.inUse.get(owner) ?? 0) - 1;
    if (left > 0) this.inUse.set(owner, left);
    else this.inUse.delete(owner);
  }

  /** How many could go at once, had they what they wait for. */
  admissible(free: PerAccess): number {
    return accesses.reduce(
      (sum, access) =>
        sum + Math.max(0, Math.min(this.waiting[access].length, free[access])),
      0,
    );
  }

  /** How many wait. */
  get size(): number {
    return accesses.reduce(
      (sum, access) => sum + this.waiting[access].length,
      0,
    );
  }

  /** Sends all away. */
  refuse(error: Error): void {
    for (const access of accesses)
      for (const waiter of this.waiting[access].splice(0)) waiter.reject(error);
  }

  /** The present round, or the one after an owner's last request that waits. */
  private roundOf(owner: string | null, queue: readonly Waiter<T>[]): number {
    const last =
      owner === null
        ? undefined
        : queue.findLast((waiter) => waiter.owner === owner);
    return last ? Math.max(this.round, last.round + 1) : this.round;
  }

  /** The first request of an access whose owner may have one more. */
  private first(access: Access): Waiter<T> | undefined {
    const most = Math.max(1, Math.ceil(this.connections() / 2));
    return this.waiting[access].find(
      ({ owner }) => owner === null || (this.inUse.get(owner) ?? 0) < most,
    );
  }
}

function isBefore<T>(one: Waiter<T>, other: Waiter<T>): boolean {
  return one.round === other.round
    ? one.order < other.order
    : one.round < other.round;
}
