import { NoConnectionError } from "./failure.js";
import type { Access, PerAccess } from "./access.js";

interface Waiter<T> {
  readonly access: Access;
  readonly order: number;
  readonly resolve: (found: T) => void;
  readonly reject: (error: Error) => void;
}

const accesses = ["read", "write"] as const;

/** Requests that wait for a connection: first come, first served, where their kind of access has any free. */
export class WaitingLine<T> {
  private readonly waiting: Record<Access, Waiter<T>[]> = {
    read: [],
    write: [],
  };
  private order = 0;

  /**
   * Waits until {@link give} comes to it.
   * @param isUrgent goes before all others with the same access
   * @throws {NoConnectionError} once the time is up
   */
  join(access: Access, limitMs: number, isUrgent: boolean): Promise<T> {
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
        access,
        order: isUrgent ? -1 : this.order++,
        resolve: (found) => {
          clearTimeout(timer);
          resolve(found);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      if (isUrgent) queue.unshift(waiter);
      else queue.push(waiter);
    });
  }

  /** The kind of access that is served next: some are free, and its first request has waited longest; else null. */
  nextAccess(free: PerAccess): Access | null {
    let next: Waiter<T> | null = null;
    for (const access of accesses) {
      const [first] = this.waiting[access];
      if (!first || free[access] <= 0) continue;
      if (next === null || first.order < next.order) next = first;
    }
    return next?.access ?? null;
  }

  /** Gives the first request of an access what it waits for. */
  give(access: Access, found: T): void {
    this.waiting[access].shift()?.resolve(found);
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
}
