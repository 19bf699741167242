/** How long the number of connections that were let in is taken for all that there are. */
const restMs = 5_000;

/**
 * How many connections there may be: the most that is configured, or fewer where the database has let in
 * no more. One more is then tried every five seconds, if somebody waits for it.
 */
export class Ceiling {
  private readonly max: number;
  private current: number;
  private until = 0;

  constructor(max: number) {
    this.max = max;
    this.current = max;
  }

  /** How many there may be now. */
  get value(): number {
    if (this.current < this.max && performance.now() > this.until) {
      this.current++;
      this.until = performance.now() + restMs;
    }
    return this.current;
  }

  /** One more than so many was refused. */
  refuse(connections: number): void {
    this.current = Math.max(1, connections);
    this.until = performance.now() + restMs;
  }
}
