import { afterEach, describe, expect, it, vi } from "vitest";
import type { Services } from "../src/services.js";
import type { EventSink, StreamRequest } from "../src/stream/subscription.js";
import { serverForFile } from "./support/for-file.js";
import { World } from "./support/faults/world.js";
import { checkHistory } from "./support/history/check.js";
import type { Violation } from "./support/history/violation.js";

// The checker of histories, on a service that is right and on services with one bug each.

const server = serverForFile();

afterEach(() => {
  vi.restoreAllMocks();
});

/** How much is acknowledged before clients lose their sockets, and again after it. */
const acknowledgedEachTime = 45;

/** Lets clients work, and follow, over lost sockets; and judges what they were told. */
async function judge(
  name: string,
  rightWithinMs: number,
): Promise<Violation[]> {
  const world = await World.open(server.url, name, {
    ...{ clients: 10, participantsOfEach: 5, pauseMs: 20, rightWithinMs },
  });
  try {
    world.start();
    for (let time = 1; time <= 2; time++) {
      await vi.waitFor(
        () => {
          expect(world.acknowledged).toBeGreaterThan(
            time * acknowledgedEachTime,
          );
        },
        { timeout: 20_000 },
      );
      await world.keep(`at ${world.acknowledged} acknowledged`);
      world.loseSockets();
    }
    await world.stop();
    world.history.truth = await world.untilRight();
    await world.replay();
  } finally {
    await world.close();
  }
  const violations = checkHistory(world.history);
  // Whatever the world itself has found, the checker has found as well.
  if (violations.length === 0) expect(world.wrong).toEqual([]);
  return violations;
}

/** True at every n-th call. */
function every(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

/** Puts something between the hub and the sockets. */
function changeSinks(
  { hub }: Services,
  change: (sink: EventSink, request: StreamRequest) => EventSink,
): void {
  const subscribe = hub.subscribe.bind(hub);
  vi.spyOn(hub, "subscribe").mockImplementation((request) =>
    subscribe({ ...request, sink: change(request.sink, request) }),
  );
}

/** The same sink, which does something else to send. */
function sending(sink: EventSink, send: (payload: Buffer) => void): EventSink {
  return {
    send,
    get isCongested() {
      return sink.isCongested;
    },
    whenDrained: (resume) => sink.whenDrained(resume),
    complete: () => sink.complete(),
  };
}

interface StatusPayload {
  data: {
    messageStatusChanged: {
      messages: { status: { deliveredCount: number; readCount: number } }[];
    };
  };
}

/** What is wrong with the service, by the sentence that says so. */
const bugs: Record<
  string,
  { rule: string; says: RegExp; make: (services: Services) => void }
> = {
  "a mark is acknowledged and not stored": {
    rule: "R10",
    says: /was acknowledged, it was seen/,
    make({ receipts }) {
      const mark = receipts.mark.bind(receipts);
      const isLost = every(12);
      const positions = new Map<string, Awaited<ReturnType<typeof mark>>>();
      vi.spyOn(receipts, "mark").mockImplementation(async (...args) => {
        const [, , { conversationId }] = args;
        const before = positions.get(conversationId);
        if (before && isLost()) return { ...before, changed: true };
        const marked = await mark(...args);
        positions.set(conversationId, marked);
        return marked;
      });
    },
  },
  "a message that is sent again is stored again": {
    rule: "R17",
    says: /was acknowledged as the messages|nobody has sent/,
    make({ messages }) {
      const send = messages.send.bind(messages);
      const seen = new Set<string>();
      vi.spyOn(messages, "send").mockImplementation((viewer, draft) => {
        const { clientId } = draft;
        const isRepeat = seen.has(clientId);
        seen.add(clientId);
        return send(viewer, {
          ...draft,
          clientId: isRepeat ? `${clientId}-again` : clientId,
        });
      });
    },
  },
  "a message is acknowledged under the number of the one before it": {
    rule: "R16",
    says: /was acknowledged before|another message is there/,
    make({ messages }) {
      const send = messages.send.bind(messages);
      vi.spyOn(messages, "send").mockImplementation(async (viewer, draft) => {
        const sent = await send(viewer, draft);
        const { seq } = sent.message;
        return seq % 7 === 0
          ? { ...sent, message: { ...sent.message, seq: seq - 1 } }
          : sent;
      });
    },
  },
  "a status that events tell goes back": {
    rule: "R23",
    says: /went from .* back to/,
    make(services) {
      const isWorse = every(5);
      changeSinks(services, (sink, { kind }) =>
        sending(sink, (payload) => {
          if (kind === "messages" || !isWorse()) {
            sink.send(payload);
            return;
          }
          const event = JSON.parse(payload.toString()) as StatusPayload;
          for (const { status } of event.data.messageStatusChanged.messages)
            Object.assign(status, {
              overallStatus: "SENT",
              deliveredCount: 0,
              readCount: 0,
            });
          sink.send(Buffer.from(JSON.stringify(event)));
        }),
      );
    },
  },
  "a resumed subscription leaves out its first event": {
    rule: "R22",
    says: /was left out|in the end/,
    make(services) {
      changeSinks(services, (sink, { after }) => {
        let isFirst = after !== null;
        return sending(sink, (payload) => {
          if (!isFirst) sink.send(payload);
          isFirst = false;
        });
      });
    },
  },
  "a change after a cursor is left out when somebody asks for it": {
    rule: "R22",
    says: /^a cursor of/,
    make({ statusChanges }) {
      const page = statusChanges.page.bind(statusChanges);
      vi.spyOn(statusChanges, "page").mockImplementation(async (...args) => {
        const found = await page(...args);
        return { ...found, nodes: found.nodes.slice(1) };
      });
    },
  },
  "a stranger's mark counts for somebody else": {
    rule: "R9",
    says: /at most \w+ was asked for|nobody had marked so/,
    make({ receipts, conversations }) {
      const mark = receipts.mark.bind(receipts);
      vi.spyOn(receipts, "mark").mockImplementation(
        async (viewer, kind, message, how) => {
          try {
            return await mark(viewer, kind, message, how);
          } catch (error) {
            const { nodes } = await conversations.participantsPage(
              ...([message.conversationId, "", 5, null] as const),
            );
            for (const { userId } of nodes)
              await mark({ ...viewer, userId }, kind, message, how);
            throw error;
          }
        },
      );
    },
  },
  "a count is one too high": {
    rule: "R9",
    says: /only \d+ had marked it/,
    make({ statuses }) {
      const counts = statuses.counts.bind(statuses);
      const isWrong = every(9);
      vi.spyOn(statuses, "counts").mockImplementation(async (key) => {
        const found = await counts(key);
        return isWrong() && found.delivered < found.total
          ? { ...found, delivered: found.delivered + 1 }
          : found;
      });
    },
  },
  "a count is one too low": {
    rule: "R10",
    says: /had acknowledged marks/,
    make({ statuses }) {
      const counts = statuses.counts.bind(statuses);
      const isWrong = every(9);
      vi.spyOn(statuses, "counts").mockImplementation(async (key) => {
        const found = await counts(key);
        return isWrong() && found.read > 0
          ? { ...found, read: found.read - 1 }
          : found;
      });
    },
  },
  "events come out of order": {
    rule: "R22",
    says: /came after/,
    make(services) {
      const isLate = every(4);
      changeSinks(services, (sink, { kind }) => {
        let late: Buffer | null = null;
        return sending(sink, (payload) => {
          if (kind === "messages" && !late && isLate()) {
            late = payload;
            return;
          }
          sink.send(payload);
          if (late) sink.send(late);
          late = null;
        });
      });
    },
  },
  "events of status come out of order": {
    rule: "R23",
    says: /at version \d+ came after/,
    make(services) {
      const isLate = every(4);
      changeSinks(services, (sink, { kind }) => {
        let late: Buffer | null = null;
        return sending(sink, (payload) => {
          if (kind === "status" && !late && isLate()) {
            late = payload;
            return;
          }
          sink.send(payload);
          if (late) sink.send(late);
          late = null;
        });
      });
    },
  },
  "the time of a read is replaced by a later one": {
    rule: "R7",
    says: /^readAt of/,
    make({ statuses }) {
      const recipients = statuses.recipients.bind(statuses);
      const isWrong = every(6);
      vi.spyOn(statuses, "recipients").mockImplementation(async (page) => {
        const rows = await recipients(page);
        return isWrong()
          ? rows.map((row) => ({
              ...row,
              readAt: row.readAt?.replace(/^\d{4}/, "2001") ?? null,
            }))
          : rows;
      });
    },
  },
  "two identical marks both change something": {
    rule: "R9",
    says: /changed something twice/,
    make({ receipts }) {
      const mark = receipts.mark.bind(receipts);
      vi.spyOn(receipts, "mark").mockImplementation(async (...args) => ({
        ...(await mark(...args)),
        changed: true,
      }));
    },
  },
  "a query tells of a state that was": {
    rule: "R10",
    says: /was acknowledged, it was seen/,
    make({ statuses }) {
      const recipients = statuses.recipients.bind(statuses);
      const before = new Map<string, Awaited<ReturnType<typeof recipients>>>();
      vi.spyOn(statuses, "recipients").mockImplementation(async (page) => {
        const key = `${page.conversationId} ${page.seq}`;
        const stale = before.get(key);
        const rows = stale ?? (await recipients(page));
        before.set(key, rows);
        return rows;
      });
    },
  },
};

it("R6, R7, R9, R16, R17, R22, R23: the history of a right service breaks no rule", async () => {
  expect(await judge("right", 10_000)).toEqual([]);
}, 60_000);

describe("a bug that was put in on purpose is named", () => {
  it.each(Object.entries(bugs))(
    "%s",
    async (title, { rule, says, make }) => {
      make(server.services);
      const name = title.replaceAll(/\W+/g, "-").slice(0, 40);
      const violations = await judge(name, 500);
      expect(
        violations.filter((one) => one.rule === rule && says.test(one.text)),
        violations
          .slice(0, 5)
          .map((one) => `${one.rule}: ${one.text}`)
          .join("\n"),
      ).not.toEqual([]);
    },
    60_000,
  );
});
