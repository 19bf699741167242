import { setTimeout as delay } from "node:timers/promises";
import { buildClock, type Clock } from "../faults/clock.js";
import { Clusters, type Cluster } from "../faults/postgres.js";
import { createSwitchboard, type Switchboard } from "../faults/switchboard.js";
import { testSecret } from "../server.js";
import { startHaproxy, type Balancer } from "./haproxy.js";
import { openNatsLines, type NatsLines } from "./nats-lines.js";
import { Node } from "./node.js";

/** How nodes tell each other. */
export type BusKind = "nats" | "postgres";

const nodeCount = 2;

/** Two nodes behind haproxy, on a Postgres of the test's own, and a NATS server where they use one. */
export class NodeCluster {
  /** The cluster that the nodes are connected to. */
  primary: Cluster;
  readonly nodes: readonly Node[];
  readonly balancer: Balancer;
  readonly nats: NatsLines | null;
  readonly clusters: Clusters;
  /** Between the nodes and their database. */
  readonly switchboard: Switchboard;
  private readonly clock: Clock | null;
  private readonly closings: (() => Promise<unknown>)[];

  private constructor(parts: {
    primary: Cluster;
    nodes: readonly Node[];
    balancer: Balancer;
    nats: NatsLines | null;
    clusters: Clusters;
    clock: Clock | null;
    switchboard: Switchboard;
    closings: (() => Promise<unknown>)[];
  }) {
    this.primary = parts.primary;
    this.nodes = parts.nodes;
    this.balancer = parts.balancer;
    this.nats = parts.nats;
    this.clusters = parts.clusters;
    this.clock = parts.clock;
    this.switchboard = parts.switchboard;
    this.closings = parts.closings;
  }

  /** Starts all of it. What has started is stopped again where something fails. */
  static async start(bus: BusKind): Promise<NodeCluster> {
    const closings: (() => Promise<unknown>)[] = [];
    try {
      let clock: Clock | null = null;
      const clusters = await Clusters.open(async (folder) => {
        clock = await buildClock(folder);
        return clock?.env ?? {};
      });
      closings.push(() => clusters.close());
      const primary = await clusters.create();
      const switchboard = createSwitchboard();
      closings.push(() => switchboard.cut());
      await switchboard.connectTo(primary.port);
      const nats = bus === "nats" ? await openNatsLines(nodeCount) : null;
      closings.push(async () => nats?.close());
      const nodes: Node[] = [];
      closings.push(() => Promise.all(nodes.map((node) => node.kill())));
      for (let i = 0; i < nodeCount; i++)
        nodes.push(
          await Node.start({
            DATABASE_URL: `postgres://acked@127.0.0.1:${switchboard.port}/postgres`,
            AUTH_JWT_SECRET: testSecret,
            BUS_URL: nats?.lines[i]?.url ?? "postgres",
            LOG_LEVEL: "warn",
            DEMO: "false",
          }),
        );
      const balancer = await startHaproxy(nodes.map(({ port }) => port));
      closings.push(() => balancer.close());
      return new NodeCluster({
        ...{ primary, nodes, balancer, nats, clusters, clock, switchboard },
        closings,
      });
    } catch (error) {
      for (const close of closings.reverse()) await close();
      throw error;
    }
  }

  get url(): string {
    return this.balancer.url;
  }

  /** What the nodes have logged last. */
  get log(): string {
    return this.nodes
      .map(({ log }, i) => `node ${i} logged:\n${log}`)
      .join("\n");
  }

  /** Steps the clock of the database. */
  async stepClock(seconds: number): Promise<void> {
    if (!this.clock)
      throw new Error(
        "The clock can't be stepped: this needs Linux and a C compiler (cc).",
      );
    await this.clock.set(seconds);
  }

  /** Runs statements on a connection of its own, past the switchboard. */
  async withSql<T>(
    use: (sql: ReturnType<Cluster["connect"]>) => Promise<T>,
  ): Promise<T> {
    const sql = this.primary.connect();
    try {
      return await use(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }

  /** Ends connections of the nodes; `listening` those that wait for notices alone. */
  async endConnections(which: "all" | "listening"): Promise<number> {
    return this.withSql(async (sql) => {
      const ended = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()
          and (${which} = 'all' or query ilike 'listen %')`;
      return ended.length;
    });
  }

  /** The backends that wait for notices, by their process ids. */
  async listeners(): Promise<number[]> {
    return this.withSql(async (sql) => {
      const rows = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity where query ilike 'listen %'`;
      return rows.map(({ pid }) => pid);
    });
  }

  /** A streaming standby that has everything which is acknowledged. */
  async synchronousStandby(): Promise<Cluster> {
    const standby = await this.clusters.standbyOf(this.primary);
    await this.withSql(async (sql) => {
      await sql`alter system set synchronous_standby_names = '*'`;
      await sql`select pg_reload_conf()`;
      for (let isSynchronous = false; !isSynchronous;) {
        const [row] = await sql<{ state: string }[]>`
          select sync_state as state from pg_stat_replication`;
        isSynchronous = row?.state === "sync";
        await delay(50);
      }
    });
    return standby;
  }

  /** The standby takes the place of the primary, which has fallen. */
  async failOver(standby: Cluster): Promise<void> {
    await this.primary.stop("immediate");
    await this.switchboard.cut();
    this.primary = standby;
    await this.withSql((sql) => sql`select pg_promote()`);
    await this.switchboard.connectTo(standby.port);
  }

  async close(): Promise<void> {
    for (const closing of this.closings.reverse()) await closing();
  }
}
