import { AsyncLocalStorage } from "node:async_hooks";
import { Owner, type Work } from "./owner.js";

/** How the event loop is shared out, in milliseconds. */
const times = {
  /** So long work is started in a turn of the loop; then the loop goes round. */
  turn: 2,
  /** So long after somebody who uses little was served, those who use much keep to their share. */
  contended: 1_000,
  /** What they may use at once before it counts against their share. */
  burst: 10,
  /** More than this is not held against them: nobody waits for more than a second. */
  debt: 50,
  /** So often it is looked whether the others are still there. */
  look: 100,
  /** Smaller pieces do not count: the loop comes round between them, and the others are served. */
  large: 2,
  /** So long they wait at most while connections come in. */
  arrivals: 50,
} as const;

/** What an operation takes of the loop once it has read what it asked for, for each point of its cost. */
const msOfCost = 0.002;
/** What a byte takes to be read and parsed: 2 MB take 10 ms. */
const msOfByte = 0.000005;
/** What a mark takes from there on until it is written and told: 36,000 of them take a second. */
const msOfMark = 0.02;

/** The share of the loop that large pieces of theirs who use much may have, while somebody else uses it. */
const heavyShare = 0.05;
/** One start in so many is theirs, however many others wait. */
const heavyOneIn = 16;
/** At most so many starts are planned for a turn. */
const planned = 64;
/** With fewer owners than this, those who have not been seen for a while are not forgotten. */
const fewOwners = 1_024;

/** When an owner was served last. */
interface Served {
  readonly owner: Owner;
  readonly servedMs: number;
}

/**
 * Starts work in short turns of the event loop. Owners take turns, and those who have used little of the loop go
 * first: who asks for much waits for themselves. One owner's work is started in the order in which it came.
 *
 * libuv accepts one connection in each turn of the loop. 300 that arrive together beside turns of 10 ms would take
 * three seconds, and everybody's next connection would wait behind them. So those who use much are held for a
 * moment while connections arrive.
 */
export class FairQueue {
  private readonly owners = new Map<string, Owner>();
  private readonly light: Owner[] = [];
  private readonly heavy: Owner[] = [];
  /** With so many owners the next forgetting comes. */
  private manyOwners = fewOwners;
  private size = 0;
  private sinceHeavy = 0;
  /** Steps that the next turn of the loop takes. */
  private next = 0;
  /** Steps that are left of this turn. */
  private left = 0;
  private turnBeganMs = 0;
  private running: Owner | null = null;
  private runningSinceMs = 0;
  /** The last two owners who use little and were served, the last one first. */
  private served: readonly Served[] = [];
  /** What those who use much have used beyond their share, and when that was counted. */
  private overMs = 0;
  private overCountedMs = performance.now();
  private rest: NodeJS.Timeout | null = null;
  private hasArrivals = false;
  private heldSinceMs: number | null = null;
  /** Outside of all traces: a step serves others than those who planned it. */
  private readonly outside = AsyncLocalStorage.snapshot();

  /** Starts work of an owner at its turn. What it does before it first waits for something else is measured. */
  start(key: string, work: Work): void {
    const owner = this.ownerOf(key);
    owner.waiting.push(work);
    this.size++;
    if (owner.waiting.length === 1) this.line(owner);
    this.plan();
  }

  /** Resolves when it is the owner's turn. */
  turn(key: string): Promise<void> {
    return new Promise((resolve) => this.start(key, resolve));
  }

  /** Counts what is used of the loop elsewhere: to read messages, and once operations have what they asked the database for. */
  count(key: string, { cost = 0, bytes = 0, marks = 0 }): void {
    const ms = cost * msOfCost + bytes * msOfByte + marks * msOfMark;
    const owner = this.ownerOf(key);
    const nowMs = performance.now();
    owner.use(ms, nowMs);
    if (owner.isLight || ms < times.large) return;
    this.pay(nowMs);
    this.overMs = Math.min(times.debt, this.overMs + ms);
  }

  /** Whether somebody has used much of the loop of late, and others use it too. */
  givesWay(key: string): boolean {
    const owner = this.owners.get(key);
    return (
      owner !== undefined &&
      !owner.isLight &&
      this.hasOthers(owner, performance.now())
    );
  }

  /** A connection was accepted: more may wait. */
  arrived(): void {
    this.hasArrivals = true;
  }

  private ownerOf(key: string): Owner {
    const known = this.owners.get(key);
    if (known) return known;
    if (this.owners.size >= this.manyOwners) this.forget();
    const owner = new Owner(key);
    this.owners.set(key, owner);
    return owner;
  }

  /** Plans one step more than there is work: the last one measures the one before it. */
  private plan(): void {
    if (this.light.length === 0 && this.heavy.length > 0) {
      const ms = this.heavyWaitMs(performance.now());
      if (ms > 0) {
        this.rest ??= this.outside(
          setTimeout,
          this.endRest,
          Math.min(times.look, Math.ceil(ms)),
        );
        return;
      }
    }
    const wanted = this.size === 0 ? 0 : Math.min(this.size + 1, planned);
    for (; this.next < wanted; this.next++)
      this.outside(setImmediate, this.step);
  }

  private readonly endRest = (): void => {
    this.rest = null;
    this.plan();
  };

  /** For how long those who use much have to wait, in milliseconds. While nobody else is there they do not wait. */
  private heavyWaitMs(nowMs: number): number {
    const [first] = this.heavy;
    this.pay(nowMs);
    if (first && !this.hasOthers(first, nowMs)) this.overMs = 0;
    return Math.max(0, this.overMs - times.burst) / heavyShare;
  }

  private pay(nowMs: number): void {
    const paidMs = (nowMs - this.overCountedMs) * heavyShare;
    this.overMs = Math.max(0, this.overMs - paidMs);
    this.overCountedMs = nowMs;
  }

  /** Whether somebody else, who uses little, was served of late. */
  private hasOthers(owner: Owner, nowMs: number): boolean {
    return this.served.some(
      (each) => each.owner !== owner && nowMs - each.servedMs < times.contended,
    );
  }

  private noteServed(owner: Owner, servedMs: number): void {
    const before = this.served.find((each) => each.owner !== owner);
    this.served = [{ owner, servedMs }, ...(before ? [before] : [])];
  }

  private readonly step = (): void => {
    const nowMs = performance.now();
    if (this.left === 0) {
      this.left = this.next;
      this.next = 0;
      this.turnBeganMs = nowMs;
      this.holdForArrivals(nowMs);
    }
    this.left--;
    this.countRun(nowMs);
    const isOver = nowMs - this.turnBeganMs >= times.turn;
    if (this.left > 0 && !isOver) this.runOne(nowMs);
    if (this.left === 0) this.plan();
  };

  private holdForArrivals(nowMs: number): void {
    const isHeld = this.hasArrivals;
    this.hasArrivals = false;
    this.heldSinceMs = isHeld ? (this.heldSinceMs ?? nowMs) : null;
    if (nowMs - (this.heldSinceMs ?? nowMs) >= times.arrivals)
      this.heldSinceMs = null;
  }

  private runOne(nowMs: number): void {
    const line = this.nextLine(nowMs);
    const owner = line.shift();
    const work = owner?.waiting.shift();
    if (!owner || !work) return;
    this.size--;
    if (line === this.light && !owner.isStranger) this.noteServed(owner, nowMs);
    this.sinceHeavy = line === this.heavy ? 0 : this.sinceHeavy + 1;
    this.running = owner;
    this.runningSinceMs = nowMs;
    if (owner.waiting.length > 0) this.line(owner);
    work();
  }

  private nextLine(nowMs: number): Owner[] {
    const { light, heavy } = this;
    const isHeld = this.heldSinceMs !== null || this.heavyWaitMs(nowMs) > 0;
    if (heavy.length === 0 || isHeld) return light;
    return light.length === 0 || this.sinceHeavy >= heavyOneIn - 1
      ? heavy
      : light;
  }

  /** Counts the time of what was started last, with what it did in its microtasks. */
  private countRun(nowMs: number): void {
    this.running?.use(nowMs - this.runningSinceMs, nowMs);
    this.running = null;
  }

  private line(owner: Owner): void {
    (owner.isLight ? this.light : this.heavy).push(owner);
  }

  private forget(): void {
    const nowMs = performance.now();
    for (const [key, owner] of this.owners)
      if (owner.waiting.length === 0 && owner.used(nowMs) < 1)
        this.owners.delete(key);
    this.manyOwners = Math.max(fewOwners, this.owners.size * 2);
  }
}
