import type { Access } from "./access.js";

/** Told of the work of a pool's connections. */
export interface DatabaseObserver {
  /** A statement has ended. The time includes the wait for a connection. */
  onStatement(name: string, ms: number, isOk: boolean): void;
  /** A statement or transaction got a connection after so long, or none. */
  onWaited(access: Access, ms: number): void;
}

/** How many connections a pool has, by state, and how much waits for one. */
export interface PoolSize {
  readonly idle: number;
  readonly busy: number;
  readonly opening: number;
  /** As many as may be open now. */
  readonly most: number;
  readonly waiting: number;
}

const observers = new WeakMap<object, DatabaseObserver>();

/** Lets an observer be told of what is prepared for a `Db` from now on. */
export function observe(db: object, observer: DatabaseObserver | null): void {
  if (observer) observers.set(db, observer);
}

/** The observer of a `Db`. */
export function observerOf(db: object): DatabaseObserver | null {
  return observers.get(db) ?? null;
}
