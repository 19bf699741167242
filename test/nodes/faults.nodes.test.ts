import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  tableOf,
  underLoad,
  type Trouble,
  type Verdict,
} from "../support/faults/under-load.js";
import { NodeCluster, type BusKind } from "../support/nodes/cluster.js";

// Two nodes behind haproxy, under the load of fifty clients that retry, while something breaks: a node, the
// bus, Postgres. Every fault has conversations and users of its own; nodes, database and bus are the same
// for all faults of a bus. Nothing may be lost, doubled or wrong afterwards, and every subscriber must know
// what a fresh query tells within ten seconds. docs/deploy/faults.md has the table of one run.

const limitMs = 100_000;
/** How long clients work before a fault, and after it. */
const loadMs = 800;

const verdicts: (Verdict & { bus: string })[] = [];

afterAll(() => {
  console.log(tableOf(verdicts));
});

/** A fault, and how it is told from others. */
interface Fault {
  readonly name: string;
  readonly label: string;
  /** Only on this bus; on both where it is left out. */
  readonly bus?: BusKind;
  /** Whether subscribers are told to read anew: only where history was lost. */
  readonly resets?: true;
  inflict(cluster: NodeCluster, trouble: Trouble): Promise<void>;
}

const faults: readonly Fault[] = [
  {
    name: "none",
    label: "nothing",
    inflict: (_, { keep }) => keep(),
  },
  {
    name: "killed",
    label: "a node killed -9, started again",
    async inflict({ nodes: [node] }, { keep }) {
      await node?.kill();
      await keep();
      await node?.start();
    },
  },
  {
    name: "frozen",
    label: "a node frozen for 5 s, thawed",
    async inflict({ nodes: [node] }, { keep }) {
      node?.freeze();
      await keep();
      await delay(5_000);
      node?.thaw();
    },
  },
  {
    name: "nats-stopped",
    label: "NATS stopped for 3 s, started",
    bus: "nats",
    async inflict({ nats }, { keep }) {
      await nats?.server.kill();
      await keep();
      await delay(3_000);
      await nats?.server.start();
    },
  },
  {
    name: "nats-partitioned",
    label: "a node cut off from NATS for 7 s, in silence",
    bus: "nats",
    async inflict({ nats }, { keep }) {
      nats?.lines[0]?.network.hold();
      await keep();
      await delay(7_000);
      nats?.lines[0]?.network.release();
    },
  },
  {
    name: "nats-dropped",
    label: "every third message to NATS dropped for 3 s",
    bus: "nats",
    async inflict({ nats }, { keep, note }) {
      const lines = nats?.lines ?? [];
      for (const line of lines) line.dropEvery(3);
      await keep();
      await delay(3_000);
      for (const line of lines) line.dropEvery(0);
      const dropped = lines.reduce((sum, line) => sum + line.dropped, 0);
      expect(dropped).toBeGreaterThan(0);
      note(`${dropped} of them`);
    },
  },
  {
    name: "listen-ended",
    label: "the connections that listen ended, for 3 s again and again",
    bus: "postgres",
    async inflict(cluster, { keep, note }) {
      let ended = 0;
      await keep();
      for (let i = 0; i < 15; i++) {
        ended += await cluster.endConnections("listening");
        await delay(200);
      }
      expect(ended).toBeGreaterThan(2);
      note(`${ended} of them`);
    },
  },
  {
    name: "listen-frozen",
    label: "the backends that listen frozen for 7 s, thawed",
    bus: "postgres",
    async inflict(cluster, { keep }) {
      const frozen = await cluster.listeners();
      expect(frozen.length).toBeGreaterThan(1);
      for (const pid of frozen) process.kill(pid, "SIGSTOP");
      await keep();
      await delay(7_000);
      for (const pid of frozen) process.kill(pid, "SIGCONT");
    },
  },
  {
    name: "ended",
    label: "all connections to Postgres ended, three times",
    async inflict(cluster, { keep }) {
      for (let i = 0; i < 3; i++) {
        expect(await cluster.endConnections("all")).toBeGreaterThan(0);
        await keep();
      }
    },
  },
  {
    name: "held",
    label: "a transaction held open for 6 s",
    async inflict(cluster, { keep }) {
      await cluster.withSql((sql) =>
        sql.begin(async (tx) => {
          await tx`select pg_current_xact_id()`;
          await delay(3_000);
          await keep();
          await delay(3_000);
        }),
      );
    },
  },
  ...[-5, 5].map((seconds): Fault => ({
    name: `clock${seconds}`,
    label: `the database's clock stepped by ${seconds} s`,
    async inflict(cluster, { keep }) {
      await cluster.stepClock(seconds);
      await keep();
      await delay(1_000);
    },
  })),
  {
    name: "restarted",
    label: "Postgres crashed, started again",
    async inflict({ primary }, { keep }) {
      await primary.stop("immediate");
      await keep();
      await primary.start();
    },
  },
  {
    name: "failover",
    label: "failover to a streaming standby",
    async inflict(cluster, { keep }) {
      const standby = await cluster.synchronousStandby();
      await keep();
      await cluster.failOver(standby);
    },
  },
  {
    name: "restored",
    label: "restored from a backup",
    resets: true,
    async inflict(cluster, { world, keep, note }) {
      const { clusters, primary, switchboard } = cluster;
      const backup = await clusters.copyOf(primary, "backup");
      await keep();
      await delay(1_000);
      await primary.stop("immediate");
      await switchboard.cut();
      // Answers that are on their way arrive: they belong to the time that is lost.
      await delay(500);
      await clusters.restore(primary, backup);
      await primary.start();
      const gone = await cluster.withSql((sql) => world.restartFrom(sql));
      await switchboard.connectTo(primary.port);
      note(`${gone} acknowledged messages are not in it`);
    },
  },
];

describe.each(["nats", "postgres"] as const)(
  "R10, R16, R17, R22, R54: fifty clients that retry find everything that was acknowledged, once, and every subscriber and cursor is right, over the bus %s",
  (bus) => {
    let cluster: NodeCluster;

    beforeAll(async () => {
      cluster = await NodeCluster.start(bus);
    }, 180_000);
    afterAll(() => cluster.close(), 60_000);

    it.each(faults.filter((fault) => (fault.bus ?? bus) === bus))(
      "$label",
      { timeout: limitMs },
      async ({ name, label, resets, inflict }) => {
        const verdict = await underLoad(
          { url: cluster.url, name: `${bus}-${name}`, label, loadMs },
          async (trouble) => {
            for (const node of cluster.nodes)
              expect(await node.subscriptions()).toBeGreaterThan(10);
            await inflict(cluster, trouble);
          },
        );
        await cluster.stepClock(0);
        verdicts.push({ ...verdict, bus });
        const { lost, doubled, wrong } = verdict;
        expect(
          { lost, doubled, wrong: wrong.slice(0, 10) },
          cluster.log,
        ).toEqual({ lost: [], doubled: [], wrong: [] });
        if (resets) expect(verdict.resets).toBeGreaterThan(0);
        else expect(verdict.resets).toBe(0);
      },
    );
  },
);
