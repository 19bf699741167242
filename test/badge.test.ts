import { describe, expect, it } from "vitest";
import { Chat, codeOf } from "./support/chat.js";
import {
  chatForEachTest,
  cleanupsAfterEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";
import { startTestServer } from "./support/server.js";
import {
  badgeOf,
  flag,
  mute,
  unreadOf,
  watchBadge,
  type BadgeView,
} from "./support/unread.js";

const server = serverForFile({ SWEEP_MS: "60000" });
const chat = chatForEachTest(server);
const cleanups = cleanupsAfterEachTest();
const far = "9999-12-31T23:59:59.999Z";

const badge = (
  unreadCount: number,
  unreadMentionCount: number,
  unreadConversationCount: number,
): BadgeView => ({ unreadCount, unreadMentionCount, unreadConversationCount });

describe("R37: muting", () => {
  it("R37: leaves the mentions in the badge, and changes nothing else", async () => {
    await chat.conversation("alice", "bob", "carol");
    const muted = chat.conversationId;
    await chat.say("alice");
    await chat.send("alice", { mentionedUserIds: [chat.id("bob")] });
    await chat.conversation("carol", "bob");
    await chat.say("carol");
    chat.conversationId = muted;
    expect(await badgeOf(chat, "bob")).toEqual(badge(3, 1, 2));
    const after = await chat.cursor("bob");
    expect(await mute(chat, "bob", far)).toBe(far);
    expect(await badgeOf(chat, "bob")).toEqual(badge(2, 1, 2));
    expect(await unreadOf(chat, "bob")).toMatchObject({ unreadCount: 2 });
    const { viewer } = await chat.get<{ viewer: { unreadCount: number } }>(
      "bob",
      "{ viewer { unreadCount } }",
    );
    expect(viewer.unreadCount).toBe(3);
    expect(await badgeOf(chat, "carol")).toEqual(badge(2, 0, 1));
    for (const name of ["bob", "alice"])
      expect(await chat.changesSince(name, after)).toEqual([]);
    expect(await mute(chat, "bob", null)).toBeNull();
    expect(await badgeOf(chat, "bob")).toEqual(badge(3, 1, 2));
  });

  it("R37: a time that has passed mutes nothing", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    expect(await mute(chat, "bob", "2020-02-29T12:00:00+02:00")).toBeNull();
    expect(await badgeOf(chat, "bob")).toEqual(badge(1, 0, 1));
  });

  it.each([
    "tomorrow",
    "2026-01-01",
    "2026-13-01T00:00:00Z",
    "9999-12-31T23:59:59-12:00",
    "0000-01-01T00:00:00Z",
  ])("R37, R28: %s is no time", async (until) => {
    await chat.conversation("alice", "bob");
    const answer = await chat.ask(
      "bob",
      `mutation ($id: ID!, $until: DateTime) {
        muteConversation(input: { conversationId: $id, until: $until }) { conversation { id } }
      }`,
      { id: chat.conversationId, until },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "until"],
    });
  });
});

describe("R38: the badge as it changes", () => {
  it("R38: is told at once, and after each change of any kind", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const events = watchBadge(server, chat, "bob");
    const next = async () => (await events.next()).data?.badgeChanged;
    expect(await next()).toEqual(badge(1, 0, 1));
    await chat.read("bob", message);
    expect(await next()).toEqual(badge(0, 0, 0));
    await flag(chat, "bob", message);
    expect(await next()).toEqual(badge(1, 0, 1));
    await chat.readUpTo("bob", message);
    expect(await next()).toEqual(badge(0, 0, 0));
    await flag(chat, "bob", message);
    expect(await next()).toEqual(badge(1, 0, 1));
    await mute(chat, "bob", far);
    expect(await next()).toEqual(badge(0, 0, 0));
    const { message: mention } = await chat.send("alice", {
      mentionsAll: true,
    });
    expect(await next()).toEqual(badge(1, 1, 1));
    await mute(chat, "bob", null);
    expect(await next()).toEqual(badge(2, 1, 1));
    await chat.delete("alice", mention);
    expect(await next()).toEqual(badge(1, 0, 1));
    await chat.leave("bob");
    expect(await next()).toEqual(badge(0, 0, 0));
    await chat.add("alice", "bob");
    expect(await next()).toEqual(badge(1, 0, 1));
    await chat.conversation("carol", "bob");
    await chat.say("carol");
    expect(await next()).toEqual(badge(2, 0, 2));
  });

  it("R38: is silent about what changes it not: others' reads, silent messages, one's own", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    const events = watchBadge(server, chat, "bob");
    await events.next();
    await chat.read("carol", message);
    await chat.send("alice", { countsAsUnread: false });
    await chat.say("bob");
    await chat.receiveUpTo("bob", message);
    const last = await chat.say("alice");
    expect((await events.next()).data?.badgeChanged).toEqual(badge(2, 0, 1));
    await chat.readUpTo("bob", last);
    expect((await events.next()).data?.badgeChanged).toEqual(badge(0, 0, 0));
    expect(events.all).toHaveLength(3);
  });

  it("R37: says within 5 s that a mute has passed", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    const { createdAt } = await databaseTime();
    const until = new Date(Date.parse(createdAt) + 1_500).toISOString();
    await mute(chat, "bob", until);
    const events = watchBadge(server, chat, "bob");
    await events.until(
      (all) => all.at(-1)?.data?.badgeChanged.unreadCount === 1,
      20_000,
    );
    expect(await badgeOf(chat, "bob")).toEqual(badge(1, 0, 1));
  });

  it("R38, R49: is for users alone", async () => {
    await chat.conversation("alice", "bob");
    const socket = server.connect(chat.id("service"), { isService: true });
    const events = socket.subscribe<unknown>(
      "subscription { badgeChanged { unreadCount } }",
    );
    expect(codeOf(await events.next())).toBe("FORBIDDEN");
  });

  it("R24, R38: a hundred changes at once are few events, and the last one is right", async () => {
    await chat.conversation("alice", "bob");
    const events = watchBadge(server, chat, "bob");
    await events.next();
    await Promise.all(
      Array.from({ length: 100 }, () => chat.say("alice", "at once")),
    );
    await events.until(
      (all) => all.at(-1)?.data?.badgeChanged.unreadCount === 100,
      20_000,
    );
    const told = events.all.map(({ data }) => data?.badgeChanged.unreadCount);
    expect(told).toEqual(told.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    expect(told.length).toBeLessThan(100);
  });
});

describe("R38: over two nodes", () => {
  const database = databaseForFile();

  it.each(["postgres", "in-process"])(
    "R38: reaches the other node's subscribers with the bus %s, by notice or by sweep",
    async (bus) => {
      const node = async () => {
        const started = await startTestServer({
          DATABASE_URL: database.url,
          BUS_URL: bus,
          // In one process each, nothing but the sweep tells a node of the other's writes.
          SWEEP_MS: bus === "postgres" ? "60000" : "500",
        });
        cleanups.push(() => started.close());
        return started;
      };
      const [one, other] = await Promise.all([node(), node()]);
      const here = new Chat(one);
      await here.conversation("alice", "bob");
      const events = watchBadge(other, here, "bob");
      const next = async () => (await events.next(20_000)).data?.badgeChanged;
      expect(await next()).toEqual(badge(0, 0, 0));
      const message = await here.say("alice");
      expect(await next()).toEqual(badge(1, 0, 1));
      await mute(here, "bob", far);
      expect(await next()).toEqual(badge(0, 0, 0));
      await mute(here, "bob", null);
      expect(await next()).toEqual(badge(1, 0, 1));
      await here.read("bob", message);
      expect(await next()).toEqual(badge(0, 0, 0));
      await flag(here, "bob");
      expect(await next()).toEqual(badge(1, 0, 1));
    },
  );
});

/** A time that the database has just given out. */
async function databaseTime(): Promise<{ createdAt: string }> {
  const { conversation } = await chat.get<{
    conversation: { lastMessage: { sentAt: string } };
  }>(
    "alice",
    "query ($id: ID!) { conversation(id: $id) { lastMessage { sentAt } } }",
    { id: chat.conversationId },
  );
  return { createdAt: conversation.lastMessage.sentAt };
}
