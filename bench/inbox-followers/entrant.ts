import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "postgres";
import { Contender } from "../support/contender.js";
import { cpuBetween, cpuOfBackends } from "./cpu.js";
import { Crowd } from "./crowd.js";
import { oneEach, readersIn, type Extent } from "./inboxes.js";
import { Marking } from "./marking.js";
import { askServer } from "./server-report.js";

/** What connecting costs. */
export interface Connected {
  readonly ms: number;
  /** CPU of the server and of Postgres, in milliseconds. */
  readonly serverMs: number;
  readonly postgresMs: number;
  /** Bytes on the server's heap and in its buffers, a socket. */
  readonly retained: number;
  readonly longestStallMs: number;
}

/** CPU of a core while nothing happens, in percent. */
export interface Idle {
  readonly server: number;
  readonly postgres: number;
  readonly longestStallMs: number;
}

/** What a return of everybody costs. */
export interface Returned {
  readonly events: number;
  /** CPU of the server and of Postgres until everybody has had everything, in milliseconds. */
  readonly serverMs: number;
  readonly postgresMs: number;
  readonly subscribedMs: number;
  readonly ms: number;
  readonly longestStallMs: number;
}

/** A server of its own, with everybody connected to it in one way. */
export class Entrant {
  readonly databaseUrl: string;
  private readonly extent: Extent;
  private readonly contender: Contender;
  private readonly client: Sql;
  private readonly crowd: Crowd;
  private readonly marking: Marking;
  private readonly tokens: readonly string[];

  /** @param client connected to another database than the server */
  static async enter(
    contender: Contender,
    databaseUrl: string,
    client: Sql,
    extent: Extent,
    tokens: readonly string[],
    follows: "all" | "one",
  ): Promise<Entrant> {
    const { port } = await askServer(contender.host, "watch");
    const one = oneEach(extent);
    const all = Array.from({ length: extent.conversations }, (_, i) => i);
    const marking = new Marking(
      extent,
      follows === "all" ? all : one.conversations,
    );
    const crowd = new Crowd(
      `127.0.0.1:${port}`,
      tokens,
      follows === "all" ? () => null : one.of,
      marking.onEvent,
    );
    return new Entrant(
      { databaseUrl, extent, contender, client, tokens },
      crowd,
      marking,
    );
  }

  private constructor(
    given: Pick<Entrant, "databaseUrl"> & {
      extent: Extent;
      contender: Contender;
      client: Sql;
      tokens: readonly string[];
    },
    crowd: Crowd,
    marking: Marking,
  ) {
    this.databaseUrl = given.databaseUrl;
    this.extent = given.extent;
    this.contender = given.contender;
    this.client = given.client;
    this.tokens = given.tokens;
    this.crowd = crowd;
    this.marking = marking;
  }

  /** Connects everybody, after a tenth of them have come and gone to warm up. */
  async connect(): Promise<Connected> {
    const { contender, crowd } = this;
    const { listeners } = this.extent;
    await crowd.connect(listeners / 10, null);
    await crowd.leave();
    const before = await this.retained();
    const cpu = await this.cpu();
    await this.longestStall();
    const ms = await crowd.connect(listeners, null);
    const used = await this.cpuSince(cpu);
    const longestStallMs = await this.longestStall();
    const retained = ((await this.retained()) - before) / listeners;
    await askServer(contender.host, "rest");
    return { ms, ...used, retained, longestStallMs };
  }

  /** Lets nothing happen for a while, once with nobody watching the loop, and a third as long with the loop watched. */
  async idle(): Promise<Idle> {
    const { idleMs } = this.extent;
    const cpu = await this.cpu();
    const start = performance.now();
    await delay(idleMs);
    const elapsedMs = performance.now() - start;
    const { serverMs, postgresMs } = await this.cpuSince(cpu);
    await askServer(this.contender.host, "watch");
    await delay(idleMs / 3);
    return {
      server: (serverMs / elapsedMs) * 100,
      postgres: (postgresMs / elapsedMs) * 100,
      longestStallMs: await this.longestStall(),
    };
  }

  /** The times from single marks to their events. */
  async latencies(): Promise<{ sorted: number[]; longestStallMs: number }> {
    await this.longestStall();
    const sorted = await this.marking.measure(this.crowd);
    return { sorted, longestStallMs: await this.longestStall() };
  }

  /** Everybody goes, much happens, and everybody comes back at once with the cursor that they had. */
  async comeBack(): Promise<Returned> {
    const { crowd, marking, extent, tokens } = this;
    const cursors = await crowd.cursors(extent);
    await crowd.leave();
    await marking.markMeanwhile(crowd.host, tokens, extent.changesMeanwhile);
    const events = marking.owed;
    const cpu = await this.cpu();
    await this.longestStall();
    const start = performance.now();
    const seen = marking.allSeen().then(() => performance.now() - start);
    // A failure is told of once everybody is connected.
    seen.catch(() => undefined);
    const subscribedMs = await crowd.connect(extent.listeners, cursors);
    const ms = Math.max(subscribedMs, await seen);
    const used = await this.cpuSince(cpu);
    const longestStallMs = await this.longestStall();
    return { events, ...used, subscribedMs, ms, longestStallMs };
  }

  /** @throws where anybody was told anything but the truth, or the database does not hold it */
  async check(): Promise<void> {
    this.crowd.check();
    this.marking.check(await readersIn(this.databaseUrl));
  }

  close(): void {
    this.crowd.close();
  }

  private async cpu() {
    return {
      serverMicros: await this.contender.cpuMicros(),
      backends: await cpuOfBackends(this.client, this.databaseUrl),
    };
  }

  private async cpuSince(before: Awaited<ReturnType<Entrant["cpu"]>>) {
    const after = await this.cpu();
    return {
      serverMs: (after.serverMicros - before.serverMicros) / 1_000,
      postgresMs: cpuBetween(before.backends, after.backends),
    };
  }

  private async retained(): Promise<number> {
    return (await askServer(this.contender.host, "memory")).retained ?? NaN;
  }

  /** Since it was asked last. */
  private async longestStall(): Promise<number> {
    const { longestStallMs } = await askServer(this.contender.host, "watch");
    return longestStallMs ?? NaN;
  }
}
