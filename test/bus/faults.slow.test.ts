import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LineBus } from "../../src/bus/line-bus.js";
import type { LineKind } from "../../src/bus/line.js";
import type { Loss } from "../../src/bus/observer.js";
import { postgresLine } from "../../src/bus/postgres-line.js";
import { quiet } from "../support/bus.js";
import { cleanupsAfterEachTest, databaseForFile } from "../support/for-file.js";
import {
  converse,
  createHubRig,
  listener,
  say,
  viewer,
  type HubRig,
} from "../support/hub.js";
import { lineAt, startNats, type OwnNats } from "../support/nats.js";
import { startOwnPostgres, type OwnPostgres } from "../support/own-postgres.js";
import { waitFor } from "../support/wait.js";

// Two nodes that sweep only every minute, and a bus that fails under them. Marks go on all the time. In each
// case the subscriber on the other node must know all of them soon after the bus is right again.

const cleanups = cleanupsAfterEachTest();
const database = databaseForFile();

/** A bus on a line, and what it noticed. */
function busOn(kind: LineKind) {
  const losses: Loss[] = [];
  let lost = 0;
  const bus = new LineBus({
    kind,
    observer: {
      ...quiet,
      onLoss: (loss) => losses.push(loss),
      onLost: () => lost++,
    },
    onError: (error) => {
      throw error;
    },
  });
  return { bus, losses, lost: () => lost };
}

const natsAt = (server: OwnNats) => lineAt(server, "acked.faults");

let count = 0;

/** A node that marks all the time, and another with a subscriber. */
async function twoNodes(publishing: LineKind, hearing: LineKind) {
  const one = busOn(publishing);
  const other = busOn(hearing);
  const rigs: HubRig[] = [];
  for (const { bus } of [one, other]) {
    const rig = await createHubRig(database.url, bus);
    cleanups.push(() => rig.close());
    await bus.connected;
    rigs.push(rig);
  }
  const [here, there] = rigs as [HubRig, HubRig];
  const names = ["owner", "member"].map((name) => `${name}-${++count}`);
  const [owner = "", member = ""] = names;
  for (const id of names)
    await here.services.users.ensure({
      ...{ id, displayName: null, avatarUrl: null },
    });
  const conversationId = await converse(here.services, owner, [member]);
  const screen = listener();
  await there.hub.subscribe({
    kind: "status",
    viewer: viewer(owner),
    conversationId: null,
    sentByViewer: false,
    after: null,
    ...screen,
  });

  let newest = 0;
  const ending = new AbortController();
  const marking = (async () => {
    while (!ending.signal.aborted) {
      const place = await say(here.services, owner, conversationId);
      await here.services.receipts.mark(viewer(member), "READ", place, {
        upTo: true,
      });
      newest = place.seq;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const stop = async () => {
    ending.abort();
    await marking;
  };
  cleanups.push(stop);

  const shown = () => {
    let most = 0;
    for (const event of screen.events)
      if ("messageStatusChanged" in event)
        for (const { toSeq } of event.messageStatusChanged.receipts)
          most = Math.max(most, toSeq);
    return most;
  };
  return {
    ...{ one, other, stop, shown },
    newest: () => newest,
    /** All that has happened by now is shown within the time. */
    async expectRight(withinMs: number) {
      const by = newest;
      await waitFor(() => expect(shown()).toBeGreaterThanOrEqual(by), withinMs);
    },
  };
}

const forSeconds = (s: number) =>
  new Promise((resolve) => setTimeout(resolve, s * 1_000));

describe("NATS", () => {
  it.each([4, 15])(
    "may be away for %i s",
    async (seconds) => {
      const [only] = (await startNats()) as [OwnNats];
      cleanups.push(() => only.remove());
      const nodes = await twoNodes(natsAt(only), natsAt(only));
      await waitFor(() => expect(nodes.shown()).toBeGreaterThan(3));
      await only.kill();
      await forSeconds(seconds);
      expect(nodes.one.bus.isConnected).toBe(false);
      await only.start();
      await nodes.expectRight(5_000);
      await nodes.stop();
      await nodes.expectRight(5_000);
      expect(nodes.other.losses).toContain("connected");
    },
    90_000,
  );

  it("in a cluster of two, the publisher's server freezes for 7 s and is killed: the subscriber's own is healthy all the time", async () => {
    const [first, second] = (await startNats(2)) as [OwnNats, OwnNats];
    cleanups.push(
      () => first.remove(),
      () => second.remove(),
    );
    // The publisher begins at the first server, which tells it of the second.
    const nodes = await twoNodes(natsAt(first), natsAt(second));
    await waitFor(() => expect(nodes.shown()).toBeGreaterThan(3));
    const lostBefore = nodes.other.lost();
    first.freeze();
    await forSeconds(7);
    // Nobody told the publisher, and yet it has gone to the other server.
    await nodes.expectRight(5_000);
    await first.kill();
    await nodes.stop();
    await nodes.expectRight(5_000);
    expect(nodes.one.lost()).toBeGreaterThan(0);
    expect(nodes.other.lost()).toBe(lostBefore);
  }, 90_000);
});

describe("LISTEN and NOTIFY", () => {
  let own: OwnPostgres;
  beforeAll(async () => {
    own = await startOwnPostgres();
  });
  afterAll(() => own.remove());
  const kind = () => postgresLine(own.url, "acked.faults");

  /** Stops the processes of sessions whose last statement begins so. */
  async function freeze(statement: string): Promise<void> {
    const sessions = await own.sql(
      `select pid from pg_stat_activity where query ilike '${statement}%' and pid <> pg_backend_pid()`,
    );
    expect(sessions.length).toBeGreaterThan(0);
    const pids = sessions.map(({ pid }) => Number(pid));
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    cleanups.push(() => {
      for (const pid of pids)
        try {
          process.kill(pid, "SIGCONT");
        } catch {
          // It has ended.
        }
      return Promise.resolve();
    });
  }

  it.each([
    ["listen", "LISTEN"],
    ["notify", "select pg_notify"],
  ])(
    "a backend that is frozen is noticed, at %s",
    async (_, statement) => {
      const nodes = await twoNodes(kind(), kind());
      await waitFor(() => expect(nodes.shown()).toBeGreaterThan(3));
      const before = nodes.one.lost() + nodes.other.lost();
      await freeze(statement);
      await waitFor(() =>
        expect(nodes.one.lost() + nodes.other.lost()).toBeGreaterThan(before),
      );
      await waitFor(() => {
        expect(nodes.one.bus.isConnected).toBe(true);
        expect(nodes.other.bus.isConnected).toBe(true);
      });
      await nodes.expectRight(5_000);
      await nodes.stop();
      await nodes.expectRight(5_000);
    },
    90_000,
  );

  it("Postgres may be away for 4 s", async () => {
    const nodes = await twoNodes(kind(), kind());
    await waitFor(() => expect(nodes.shown()).toBeGreaterThan(3));
    await own.stop();
    await forSeconds(4);
    expect(nodes.one.bus.isConnected).toBe(false);
    await own.start();
    await nodes.expectRight(5_000);
    await nodes.stop();
    await nodes.expectRight(5_000);
  }, 90_000);
});
