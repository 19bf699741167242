import { describe, expect, it } from "vitest";
import type { Notice } from "../../src/bus/bus.js";
import { LineBus } from "../../src/bus/line-bus.js";
import type { LineKind } from "../../src/bus/line.js";
import type { Loss } from "../../src/bus/observer.js";
import { postgresLine } from "../../src/bus/postgres-line.js";
import { quiet } from "../support/bus.js";
import {
  cleanupsAfterEachTest,
  databaseForFile,
  natsForFile,
} from "../support/for-file.js";
import { lineAt } from "../support/nats.js";
import { waitFor } from "../support/wait.js";

// What every bus between nodes does, on each kind of line.

const cleanups = cleanupsAfterEachTest();
const database = databaseForFile();
const nats = natsForFile();

/** One node, as far as its bus is concerned. */
async function open(kind: LineKind) {
  const losses: Loss[] = [];
  const heard: Notice[] = [];
  let frames = 0;
  const bus = new LineBus({
    kind,
    observer: {
      ...quiet,
      onLoss: (loss) => losses.push(loss),
      onSent: (notices) => (frames += notices > 0 ? 1 : 0),
    },
    onError: (error) => {
      throw error;
    },
  });
  cleanups.push(() => bus.close());
  let compared = 0;
  bus.listen(
    (notice) => heard.push(notice),
    () => compared++,
  );
  await bus.connected;
  return {
    ...{ bus, heard, losses },
    compared: () => compared,
    frames: () => frames,
  };
}

/** Two nodes that know each other. */
async function openBoth(kind: LineKind, otherKind = kind) {
  const both = await Promise.all([open(kind), open(otherKind)]);
  await waitFor(() => {
    for (const { bus } of both) expect(bus.silences().size).toBe(1);
  });
  return both;
}

const about = (conversationId: string, version = 1): Notice => ({
  ...{ kind: "conversation", conversationId, version, xid: null },
});

describe.each([
  ["postgres", () => postgresLine(database.url, "acked.test")],
  ["nats", () => lineAt(nats, "acked.test")],
])("the bus on %s", (_, kind) => {
  it("brings every notice to the other nodes, and to its own node once and at once", async () => {
    const [one, other] = await openBoth(kind());
    const ids = ["*", ">", "a b", ".x", "☃".repeat(128), "'\"\\\n"];
    const sent = ids.map((id) => about(id));
    for (const notice of sent) one.bus.publish(notice);
    expect(one.heard).toEqual(sent);
    await waitFor(() => expect(other.heard).toEqual(sent));
    other.bus.publish({ kind: "user", userId: "alice" });
    await waitFor(() => expect(one.heard).toHaveLength(ids.length + 1));
    expect(other.heard).toHaveLength(ids.length + 1);
  });

  it("gathers what is published while a frame is under way", async () => {
    const [one, other] = await openBoth(kind());
    for (let version = 1; version <= 1_000; version++)
      one.bus.publish(about("c", version));
    await waitFor(() => expect(other.heard).toHaveLength(1_000));
    expect(other.heard.at(-1)).toEqual(about("c", 1_000));
    expect(one.frames()).toBeLessThan(20);
  });

  it("sends nothing while no other node is known, and a node that comes finds out that it missed something", async () => {
    const one = await open(kind());
    one.bus.publish(about("c"));
    const other = await open(kind());
    one.bus.publish(about("c", 2));
    await waitFor(() => {
      expect(one.bus.silences().size).toBe(1);
      expect(other.compared()).toBeGreaterThan(0);
    });
    one.bus.publish(about("c", 3));
    await waitFor(() => expect(other.heard).toContainEqual(about("c", 3)));
    expect(one.frames()).toBeLessThanOrEqual(2);
  });

  it("compares once for a node that was not known, and not when it leaves", async () => {
    const one = await open(kind());
    const other = await open(kind());
    await waitFor(() => {
      expect(one.losses).toContain("unknown");
      expect(other.losses).toContain("unknown");
      expect(one.compared()).toBeGreaterThan(0);
    });
    expect(one.bus.silences().size).toBe(1);
    await other.bus.close();
    await waitFor(() => expect(one.bus.silences().size).toBe(0));
    expect(one.losses.filter((loss) => loss === "unknown")).toHaveLength(1);
    expect(one.losses).not.toContain("silence");
  });

  it("notices every frame that is lost, the last one too", async () => {
    const clean = kind();
    let sent = 0;
    const lossy: LineKind = {
      ...clean,
      open(events) {
        const line = clean.open(events);
        return {
          renew: () => line.renew(),
          close: () => line.close(),
          send: (frame) =>
            frame.length > 16 && ++sent % 3 === 0
              ? Promise.resolve()
              : line.send(frame),
        };
      },
    };
    const [one, other] = await openBoth(lossy, clean);
    for (let version = 1; version <= 6; version++) {
      one.bus.publish(about("c", version));
      await waitFor(() => expect(one.frames()).toBe(version));
    }
    await waitFor(() => {
      expect(other.losses).toContain("gap");
      expect(other.losses).toContain("behind");
    });
    expect(
      other.heard.map((notice) => "version" in notice && notice.version),
    ).toEqual([1, 2, 4, 5]);
  });

  it("takes what is no frame for a loss, and goes on", async () => {
    const clean = kind();
    const strange: LineKind = {
      ...clean,
      open(events) {
        const line = clean.open(events);
        return {
          renew: () => line.renew(),
          close: () => line.close(),
          send: async (frame) => {
            await line.send(Buffer.from("nothing that anybody knows"));
            await line.send(frame);
          },
        };
      },
    };
    const [one, other] = await openBoth(strange, clean);
    one.bus.publish(about("c"));
    await waitFor(() => expect(other.heard).toEqual([about("c")]));
    expect(other.losses).toContain("unreadable");
  });
});
