import { beforeAll, describe, expect, it } from "vitest";
import { createSeal } from "../../src/foundation/seal.js";
import { createStreamCursors, type Witness } from "../../src/stream/cursor.js";
import { tireless } from "../support/fair.js";
import { serverForFile } from "../support/for-file.js";
import { scrape } from "../support/metrics.js";
import {
  onlookers,
  silences,
  TwoConversations,
  type Silence,
} from "./two-worlds.js";

// R57: two worlds, in one of which a user has marked, of whose marks nobody else is told, and flagged what they had
// read (R31). Whatever an onlooker gets is the same in both: answers, pages, lengths of cursors, orders, events, and
// what the database is asked for it.

const server = serverForFile(
  { METRICS_PORT: "0", SWEEP_MS: "60000" },
  { fair: tireless },
);

/** Everybody who looks on, where a read is hidden; of the other silences those to whom anything could differ. */
const lookingOn = (silence: Silence) =>
  silence === "a hidden read"
    ? onlookers
    : (["alice", "carol", "service"] as const);

describe.each(silences)(
  "R57: nothing that another sees moves when %s is stored",
  (silence) => {
    let without: TwoConversations;
    let withRead: TwoConversations;
    beforeAll(async () => {
      without = await new TwoConversations(server, silence).build();
      withRead = await new TwoConversations(server, silence).build();
    });

    it.each(lookingOn(silence))(
      "answers, pages, orders, lengths of cursors and statements are those without it, for %s",
      async (name) => {
        if (name === "alice") {
          const before = await withRead.lookOf(name);
          expect(before).toEqual(await without.lookOf(name));
          await withRead.mark();
          expect(await withRead.lookOf(name)).toEqual(before);
        }
        const looks = await withRead.lookOf(name);
        expect(looks.length).toBeGreaterThan(30);
        expect(looks).toEqual(await without.lookOf(name));
      },
    );

    it("the reader alone sees it", async () => {
      const unread = async (world: TwoConversations) =>
        world.chat.get<{ viewer: { unreadCount: number } }>(
          "bob",
          "{ viewer { unreadCount } }",
        );
      expect((await unread(withRead)).viewer.unreadCount).toBe(0);
      expect((await unread(without)).viewer.unreadCount).toBe(4);
    });
  },
);

it("R57: no series of /metrics tells a hidden read from one that shows", async () => {
  const series = async () =>
    new Set(
      (await scrape(server.metricsUrl)).map(({ name, labels }) =>
        JSON.stringify([name, labels]),
      ),
    );
  const world = await new TwoConversations(server, "a hidden read").build();
  await world.chat.showReads("bob");
  await world.mark();
  const ofShown = await series();
  const hidden = await new TwoConversations(server, "a hidden read").build();
  await hidden.mark();
  expect([...(await series())].filter((one) => !ofShown.has(one))).toEqual([]);
});

describe.each(silences)("R57: events are those without %s", (silence) => {
  /** The events of all subscriptions of all onlookers, up to the one that tells of the last message. */
  async function events(isMarked: boolean): Promise<unknown[]> {
    const world = await new TwoConversations(server, silence).build();
    const { chat } = world;
    const [first = ""] = await conversationsOf(world);
    const followed = onlookers.flatMap((name) => world.follow(name));
    // What was before is told of in one event for each conversation.
    for (const { events, conversations } of followed)
      await events.until((all) => all.length === conversations);
    if (isMarked) await world.mark();
    chat.conversationId = first;
    const last = await chat.send("alice", { clientId: "the last one" });
    await chat.delete("alice", last.message);
    const isLast = (event: unknown) =>
      JSON.stringify(event).includes("the last one");
    for (const { events } of followed)
      await events.until((all) => all.some(isLast));
    followed.forEach(({ events }) => events.stop());
    return followed.map(({ events }) =>
      events.all.map((event) => JSON.stringify(world.plain(event))).sort(),
    );
  }

  async function conversationsOf({
    chat,
  }: TwoConversations): Promise<string[]> {
    const { conversations } = await chat.get<{
      conversations: { nodes: { id: string }[] };
    }>("alice", "{ conversations { nodes { id } } }");
    return conversations.nodes.map(({ id }) => id).reverse();
  }

  it("none comes of it, and those that come after it say the same", async () => {
    expect(await events(true)).toEqual(await events(false));
  });
});

describe("R57: the length of a cursor", () => {
  const { encode } = createStreamCursors(createSeal("x".repeat(32)));
  const at = (
    conversationId: string,
    version: number,
    xid: number,
  ): Witness => ({
    ...{ conversationId, version, xid },
    lastSeq: 5,
    changedMs: 1_790_000_000_000,
  });

  it.each([1, 8, 20, 36, 64, 128])(
    "follows from the id of its conversation alone, %i characters long",
    (length) => {
      const id = "c".repeat(length);
      const cursor = (version: number, xid: number, newest: string) =>
        encode({
          timeline: 1,
          snapshot: `${String(xid)}:${String(xid + 1)}:`,
          origin: at(id, version, xid),
          witness: at(newest, version, xid),
        }).length;
      const lengths = [9, 10, 99, 100, 99_999, 100_000].flatMap((version) =>
        [999, 1_000, 9_999_999, 10_000_000].flatMap((xid) =>
          ["d", id, "a longer id than most", "x".repeat(128)].map((newest) =>
            cursor(version, xid, newest),
          ),
        ),
      );
      expect(new Set(lengths).size).toBe(1);
    },
  );
});
