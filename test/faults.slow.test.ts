import { setTimeout as delay } from "node:timers/promises";
import Table from "cli-table3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildClock, type Clock } from "./support/faults/clock.js";
import { Clusters, type Cluster } from "./support/faults/postgres.js";
import { createSwitchboard } from "./support/faults/switchboard.js";
import { World } from "./support/faults/world.js";
import {
  fromSources,
  startServerProcess,
  type ServerProcess,
} from "./support/server-process.js";
import { testSecret } from "./support/server.js";

// What happens to Postgres, under the load of fifty clients that retry, while one node lives on. Every
// fault has conversations and users of its own; the node and its database are the same for all.

const limitMs = 100_000;
/** How long clients work before a fault, and after it. */
const loadMs = 1_200;

let clusters: Clusters;
let clock: Clock | null = null;
/** The cluster that the node is connected to. */
let primary: Cluster;
let server: ServerProcess;
const switchboard = createSwitchboard();
const said: string[] = [];
const rows: (string | number)[][] = [];

beforeAll(async () => {
  clusters = await Clusters.open(async (folder) => {
    clock = await buildClock(folder);
    return clock?.env ?? {};
  });
  primary = await clusters.create();
  await switchboard.connectTo(primary.port);
  server = await startServerProcess(fromSources, {
    env: {
      PORT: "0",
      DATABASE_URL: `postgres://acked@127.0.0.1:${switchboard.port}/postgres`,
      AUTH_JWT_SECRET: testSecret,
      LOG_LEVEL: "warn",
      DEMO: "false",
    },
  });
  for (const stream of [server.process.stdout, server.process.stderr])
    stream?.on("data", (data: Buffer) => said.push(data.toString()));
}, 60_000);

afterAll(async () => {
  await server.kill();
  await switchboard.cut();
  await clusters.close();
  const table = new Table({
    head: [
      ...["fault", "clients", "acknowledged", "tried again", "lost", "doubled"],
      ...["wrong", "cursors", "of them reset", "resets", "ms until right"],
    ],
    style: { head: [], border: [] },
  });
  table.push(...rows);
  console.log(table.toString());
}, 60_000);

/** A test that ends before its world is closed leaves no load behind. */
const open = new Set<World>();
afterEach(async () => {
  for (const world of open) await world.close();
  open.clear();
}, 30_000);

/** What a fault is given to work with. */
interface Trouble {
  readonly world: World;
  /** Lets every client keep cursors. */
  keep(): Promise<void>;
  /** Adds to the fault's name in the table. */
  note(text: string): void;
}

/**
 * Runs a fault under load, and compares everything that was acknowledged, every subscriber and every
 * cursor with what is there afterwards.
 * @param inflict resolves when the fault is over: from then on the time until all is right is taken
 */
async function underLoad(
  name: string,
  label: string,
  inflict: (trouble: Trouble) => Promise<void>,
): Promise<{ resets: number }> {
  const world = await World.open(server.url, name);
  open.add(world);
  const keeping: Promise<void>[] = [];
  world.start();
  await delay(loadMs);
  await world.keep("before the fault");
  let title = label;
  await inflict({
    world,
    note(text) {
      title += ` (${text})`;
    },
    async keep() {
      keeping.push(world.keep("during the fault"));
      await delay(300);
    },
  });
  const overMs = performance.now();
  await world.stop();
  await world.untilRight(await world.truth());
  const rightMs = performance.now() - overMs;

  world.start();
  await Promise.all([...keeping, world.keep("after the fault"), delay(loadMs)]);
  await world.stop();
  const truth = await world.truth();
  await world.untilRight(truth);
  const audit = world.audit(truth);
  const { replayed, resets } = await world.replay(truth);
  open.delete(world);
  await world.close();
  const wrong = [...audit.wrong, ...world.wrong];
  rows.push([
    ...[title, world.followers.length, world.acknowledged, world.retries],
    ...[audit.lost.length, audit.doubled.length, wrong.length],
    ...[replayed, resets, world.resets, Math.round(rightMs)],
  ]);
  expect(
    { lost: audit.lost, doubled: audit.doubled, wrong: wrong.slice(0, 10) },
    said.join("").slice(-3_000),
  ).toEqual({ lost: [], doubled: [], wrong: [] });
  return { resets: resets + world.resets };
}

describe("fifty clients that retry find everything that was acknowledged, once, and every subscriber and cursor is right", () => {
  it.each(["fast", "immediate"] as const)(
    "R10, R16, R17, R22: after a restart of Postgres (%s)",
    { timeout: limitMs },
    async (mode) => {
      const { resets } = await underLoad(
        `restart-${mode}`,
        `Postgres restarted, ${mode}`,
        async ({ keep }) => {
          await primary.stop(mode);
          await keep();
          await primary.start();
        },
      );
      expect(resets).toBe(0);
    },
  );

  it.each([-5, 5])(
    "R22: after the clock of the database has stepped by %i s",
    { timeout: limitMs },
    async (seconds) => {
      if (!clock)
        throw new Error(
          "The clock can't be stepped: this needs Linux and a C compiler (cc).",
        );
      const { set } = clock;
      const { resets } = await underLoad(
        `clock${seconds}`,
        `clock stepped by ${seconds} s`,
        async ({ keep }) => {
          await set(seconds);
          await keep();
          await delay(1_000);
        },
      );
      await set(0);
      expect(resets).toBe(0);
    },
  );

  it(
    "R22: while a transaction is held open for 20 s, and after it",
    { timeout: limitMs },
    async () => {
      const { resets } = await underLoad(
        "held",
        "transaction held open for 20 s",
        async ({ keep }) => {
          const sql = primary.connect();
          await sql.begin(async (tx) => {
            await tx`select pg_current_xact_id()`;
            for (let i = 0; i < 2; i++) {
              await delay(10_000);
              await keep();
            }
          });
          await sql.end();
        },
      );
      expect(resets).toBe(0);
    },
  );

  it(
    "R10, R16, R22, R54: after a failover to a standby that had everything, which needs no reset",
    { timeout: limitMs },
    async () => {
      const standby = await clusters.standbyOf(primary);
      const sql = primary.connect();
      await sql`alter system set synchronous_standby_names = '*'`;
      await sql`select pg_reload_conf()`;
      for (let isSynchronous = false; !isSynchronous;) {
        const [row] = await sql<{ state: string }[]>`
          select sync_state as state from pg_stat_replication`;
        isSynchronous = row?.state === "sync";
        await delay(50);
      }
      await sql.end();
      const { resets } = await underLoad(
        "failover",
        "failover to a synchronous standby",
        async ({ keep }) => {
          await primary.stop("immediate");
          await switchboard.cut();
          await keep();
          const promoting = standby.connect();
          await promoting`select pg_promote()`;
          await promoting.end();
          await switchboard.connectTo(standby.port);
        },
      );
      primary = standby;
      expect(resets).toBe(0);
    },
  );

  it(
    "R22, R25, R54: after a restore from a backup that was taken under load, which tells every subscriber",
    { timeout: limitMs },
    async () => {
      const { resets } = await underLoad(
        "restore",
        "restored from a backup",
        async ({ world, keep, note }) => {
          const backup = await clusters.copyOf(primary, "backup");
          await keep();
          await delay(2_000);
          await primary.stop("immediate");
          await switchboard.cut();
          // Answers that are on their way arrive: they belong to the time that is lost.
          await delay(500);
          await clusters.restore(primary, backup);
          await primary.start();
          const sql = primary.connect();
          const gone = await world.restartFrom(sql);
          await sql.end();
          await switchboard.connectTo(primary.port);
          note(`${gone} messages were acknowledged after it`);
        },
      );
      expect(resets).toBeGreaterThan(0);
    },
  );
});
