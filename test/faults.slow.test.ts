import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildClock, type Clock } from "./support/faults/clock.js";
import { Clusters, type Cluster } from "./support/faults/postgres.js";
import { createSwitchboard } from "./support/faults/switchboard.js";
import {
  tableOf,
  underLoad,
  type Trouble,
  type Verdict,
} from "./support/faults/under-load.js";
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
const verdicts: Verdict[] = [];

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
  console.log(tableOf(verdicts));
}, 60_000);

/** Runs a fault under load, and expects that nothing was lost, doubled or wrong. */
async function outlive(
  name: string,
  label: string,
  inflict: (trouble: Trouble) => Promise<void>,
): Promise<Verdict> {
  const { url } = server;
  const verdict = await underLoad({ url, name, label, loadMs }, inflict);
  verdicts.push(verdict);
  const { lost, doubled, wrong } = verdict;
  expect(
    { lost, doubled, wrong: wrong.slice(0, 10) },
    said.join("").slice(-3_000),
  ).toEqual({ lost: [], doubled: [], wrong: [] });
  return verdict;
}

describe("fifty clients that retry find everything that was acknowledged, once, and every subscriber and cursor is right", () => {
  it.each(["fast", "immediate"] as const)(
    "R10, R16, R17, R22: after a restart of Postgres (%s)",
    { timeout: limitMs },
    async (mode) => {
      const { resets } = await outlive(
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
      const { resets } = await outlive(
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
      const { resets } = await outlive(
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
      const { resets } = await outlive(
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
      const { resets } = await outlive(
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
