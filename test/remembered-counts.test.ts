import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { audienceOf, everyone } from "../src/domain/receipts/audience.js";
import { statusQueries } from "../src/domain/receipts/status-queries.js";
import { createStatusService } from "../src/domain/receipts/status-service.js";
import { converse, rigForFile, say, viewer } from "./support/hub.js";

// Counts of large conversations are remembered, and may never be told once they are no longer true.

const rig = rigForFile();

it("R11, R20: what is remembered of a large conversation changes with everything that changes it", async () => {
  const { services, database } = rig();
  const prefix = randomUUID();
  const people = Array.from({ length: 121 }, (_, i) => `${prefix}-${i}`);
  const [owner = "", first = "", second = "", third = ""] = people;
  const conversationId = await converse(services, owner, people.slice(1));
  const place = await say(services, owner, conversationId);
  const other = await say(services, owner, conversationId);
  const audiences = [everyone, audienceOf(owner), audienceOf(first)];

  /** As one sees it who remembers nothing. */
  const recounted = (seq: number) => {
    const fresh = createStatusService({ queries: statusQueries(database.db) });
    return Promise.all(
      audiences.map((audience) =>
        fresh.counts({ conversationId, seq, audience }),
      ),
    );
  };
  const told = (seq: number) =>
    Promise.all(
      audiences.map((audience) =>
        services.statuses.counts({ conversationId, seq, audience }),
      ),
    );
  const read = (userId: string, seq: number) =>
    services.receipts.mark(
      viewer(userId),
      "READ",
      { conversationId, seq },
      { upTo: false },
    );
  const prefer = (userId: string, readReceiptsEnabled: boolean) =>
    services.users.setReadReceipts(userId, readReceiptsEnabled);

  const seen = new Set<string>();
  const changes: [string, () => Promise<unknown>][] = [
    ["nothing", () => Promise.resolve()],
    ["a read", () => read(first, place.seq)],
    ["the viewer hides their reads, so sees none", () => prefer(owner, false)],
    ["the viewer shows their reads again", () => prefer(owner, true)],
    ["a reader hides what they read from now on", () => prefer(second, false)],
    ["a hidden read", () => read(second, place.seq)],
    [
      "a delivery",
      () =>
        services.receipts.mark(
          viewer(third),
          "DELIVERED",
          { conversationId, seq: other.seq },
          { upTo: true },
        ),
    ],
    [
      "someone leaves",
      () =>
        services.conversations.removeParticipant(
          viewer(third),
          conversationId,
          third,
        ),
    ],
    [
      "they come back",
      () => services.conversations.add(viewer(owner), conversationId, [third]),
    ],
    ["a message", () => say(services, first, conversationId)],
    ["a read of something else", () => read(first, other.seq)],
  ];
  for (const [what, change] of changes) {
    await change();
    for (const { seq } of [place, other])
      // Twice: counted, and remembered.
      for (const time of ["first", "second"])
        expect({ what, seq, time, counts: await told(seq) }).toEqual({
          what,
          seq,
          time,
          counts: await recounted(seq),
        });
    seen.add(JSON.stringify(await told(place.seq)));
  }
  expect(seen.size).toBeGreaterThan(5);
});

it("counts a large conversation once, however often it is asked while nothing changes", async () => {
  const { services, database } = rig();
  const prefix = randomUUID();
  const people = Array.from({ length: 121 }, (_, i) => `${prefix}-${i}`);
  const owner = people[0] ?? "";
  const conversationId = await converse(services, owner, people.slice(1));
  const { seq } = await say(services, owner, conversationId);
  const queries = statusQueries(database.db);
  const known: (number | null)[] = [];
  const statuses = createStatusService({
    queries: {
      ...queries,
      async counts(keys, remembered) {
        const counted = await queries.counts(keys, remembered);
        known.push(
          ...counted.map((one, i) =>
            one !== null && one === remembered[i] ? one.version : null,
          ),
        );
        return counted;
      },
    },
  });
  const ask = () =>
    statuses.counts({ conversationId, seq, audience: everyone });
  expect(await ask()).toEqual({ total: 120, delivered: 0, read: 0 });
  expect(await ask()).toEqual({ total: 120, delivered: 0, read: 0 });
  await say(services, owner, conversationId);
  await ask();
  await ask();
  expect(known).toEqual([null, 1, null, 2]);
});
