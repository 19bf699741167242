import { NoConnectionError } from "./failure.js";
import type { Lane, Room } from "./lanes.js";

interface Waiter<T> {
  readonly lane: Lane;
  readonly order: number;
  readonly resolve: (found: T) => void;
  readonly reject: (error: Error) => void;
}

const lanes = ["read", "write"] as const;

/** Who waits for a connection, first come first served among the lanes that have room. */
export class WaitingLine<T> {
  private readonly waiting: Record<Lane, Waiter<T>[]> = { read: [], write: [] };
  private order = 0;

  /**
   * Waits until {@link next} comes to it.
   * @param isUrgent goes before all others of its lane
   * @throws {NoConnectionError} once the time is up
   */
  join(lane: Lane, limitMs: number, isUrgent: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting[lane];
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1);
        reject(
          new NoConnectionError(
            `No connection to the database became free in ${String(limitMs)} ms.`,
          ),
        );
      }, limitMs);
      const waiter: Waiter<T> = {
        lane,
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

  /** The lane with room whose first has waited longest; null where none has both. */
  nextLane(room: Room): Lane | null {
    let next: Waiter<T> | null = null;
    for (const lane of lanes) {
      const [first] = this.waiting[lane];
      if (!first || room[lane] <= 0) continue;
      if (next === null || first.order < next.order) next = first;
    }
    return next?.lane ?? null;
  }

  /** Gives the first of a lane what it waits for. */
  give(lane: Lane, found: T): void {
    this.waiting[lane].shift()?.resolve(found);
  }

  /** How many could go at once, had they what they wait for. */
  admissible(room: Room): number {
    return lanes.reduce(
      (sum, lane) =>
        sum + Math.max(0, Math.min(this.waiting[lane].length, room[lane])),
      0,
    );
  }

  /** Sends all away. */
  refuse(error: Error): void {
    for (const lane of lanes)
      for (const waiter of this.waiting[lane].splice(0)) waiter.reject(error);
  }
}
