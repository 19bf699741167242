import { randomUUID } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Chat,
  codeOf,
  dataOf,
  sendDocument,
  type Message,
} from "./support/chat.js";
import {
  chatForEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";
import type { Answer, TestServer, TestSocket } from "./support/server.js";

// Two nodes on one database. What is asked "at once" is begun before any answer has come.

const created = databaseForFile();
const nodeForFile = () => serverForFile(() => ({ DATABASE_URL: created.url }));
const nodes = [nodeForFile(), nodeForFile()] as const;
const chat = chatForEachTest(nodes[0]);
let database: Sql;
beforeAll(() => {
  database = postgres(created.url, { max: 2 });
});
afterAll(() => database.end());

/** How an operation gets to the service. */
type Ask = <T>(
  name: string,
  document: string,
  variables: Record<string, unknown>,
) => Promise<Answer<T>>;

/** The ways that identical operations come in at once: the n-th of them takes the n-th way. */
const ways: Record<string, () => (n: number) => Ask> = {
  "over HTTP": () => () => (name, document, variables) =>
    chat.ask(name, document, variables),
  "over sockets": () => onSockets((name, n) => socketOf(nodes[0], name, n % 5)),
  "through two nodes, over HTTP": () => (n) => (name, document, variables) =>
    chat.through(node(n)).ask(name, document, variables),
  "through two nodes, over sockets": () =>
    onSockets((name, n) => socketOf(node(n), name, n % 5)),
};

const node = (n: number): TestServer => nodes[n % 2 === 0 ? 0 : 1];

function onSockets(socket: (name: string, n: number) => TestSocket) {
  return (n: number): Ask =>
    (name, document, variables) =>
      socket(name, n).execute(document, variables);
}

const sockets = new Map<string, TestSocket>();
function socketOf(server: TestServer, name: string, device: number) {
  const key = `${server.url} ${chat.id(name)} ${device}`;
  const socket = sockets.get(key) ?? server.connect(chat.id(name));
  sockets.set(key, socket);
  return socket;
}

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const upTo = (count: number) => times(count, (n) => n + 1);

const marks = {
  markDelivered: "markDelivered(input: { messageId: $m })",
  markRead: "markRead(input: { messageId: $m })",
  bulkMarkDelivered:
    "bulkMarkDelivered(input: { conversationId: $c, upToMessageId: $m })",
  bulkMarkRead:
    "bulkMarkRead(input: { conversationId: $c, upToMessageId: $m })",
};
type MarkName = keyof typeof marks;

function mark(ask: Ask, name: string, markName: MarkName, { id }: Message) {
  const field = marks[markName];
  const variables = field.includes("$c") ? "$m: ID!, $c: ID!" : "$m: ID!";
  return ask<{ marked: { changed: boolean } }>(
    name,
    `mutation (${variables}) { marked: ${field} { changed } }`,
    { m: id, c: chat.conversationId },
  );
}

const hasChanged = (answer: Answer<{ marked: { changed: boolean } }>) =>
  dataOf(answer).marked.changed;

describe.each(Object.entries(ways))("R9 %s", (_, way) => {
  it.each(Object.keys(marks) as MarkName[])(
    "R9: of 50 identical %s at once exactly one says changed: true",
    async (markName) => {
      await chat.conversation("alice", "bob", "carol");
      await chat.say("alice");
      const message = await chat.say("alice");
      await chat.say("alice");
      const before = await chat.cursor("alice");
      const ask = way();
      const answers = await Promise.all(
        times(50, (n) => mark(ask(n), "bob", markName, message)),
      );
      expect(answers.map(hasChanged).filter(Boolean)).toEqual([true]);
      const isRead = markName.endsWith("Read");
      expect(await chat.recipient("alice", message, "bob")).toMatchObject({
        state: isRead ? "READ" : "DELIVERED",
      });
      const [change, ...more] = await chat.changesSince("alice", before);
      expect(more).toEqual([]);
      expect(change?.receipts).toHaveLength(1);
    },
  );
});

describe("R9: repeats, any order, any concurrency, any number of devices and nodes", () => {
  it("R9: deliveries and readings of one message at once end in READ, each said once at most", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const ask = ways["through two nodes, over sockets"]?.();
    if (!ask) throw new Error("no such way");
    const names = Object.keys(marks) as MarkName[];
    const answers = await Promise.all(
      times(80, async (n) => {
        const markName = names[n % 4] ?? "markRead";
        return {
          markName,
          changed: hasChanged(await mark(ask(n), "bob", markName, message)),
        };
      }),
    );
    const changed = answers.filter((answer) => answer.changed);
    const read = changed.filter(({ markName }) => markName.endsWith("Read"));
    expect(read).toHaveLength(1);
    expect(changed.length).toBeLessThanOrEqual(2);
    expect(await chat.recipient("alice", message, "bob")).toMatchObject({
      state: "READ",
    });
  });

  it("R9: bulk marks up to each of 20 messages, in any order at once, come to the same as the last alone", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 20);
    const shuffled = messages.toSorted((a, b) =>
      a.clientId < b.clientId ? -1 : 1,
    );
    await Promise.all(
      shuffled.map((message, n) =>
        chat.through(node(n)).readUpTo("bob", message),
      ),
    );
    expect(await chat.unread("bob")).toBe(0);
    for (const message of messages)
      expect(await chat.counts("alice", message)).toMatchObject({
        overallStatus: "READ",
      });
    // Each message was acknowledged by one run and no more.
    const [runs] = await database`
      select sum(l.last_seq - l.first_seq + 1)::int as covered
      from receipt_log l join conversations c on c.key = l.conversation_key
      where c.id = ${chat.conversationId} and l.kind = 'READ'`;
    expect(runs).toEqual({ covered: 20 });
  });

  it("R9: the same queue synced by ten devices at once changes each item once", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 12);
    const receipts = messages.map(({ id }, i) => ({
      messageId: id,
      kind: i % 2 === 0 ? "READ" : "DELIVERED",
    }));
    const answers = await Promise.all(
      times(10, (n) =>
        chat.through(node(n)).get<{
          syncReceipts: { results: { changed: boolean; error: null }[] };
        }>(
          "bob",
          `mutation ($receipts: [ReceiptInput!]!) {
            syncReceipts(input: { receipts: $receipts }) { results { changed error } }
          }`,
          { receipts },
        ),
      ),
    );
    const changes = receipts.map(
      (_, i) =>
        answers.filter(({ syncReceipts }) => syncReceipts.results[i]?.changed)
          .length,
    );
    expect(changes).toEqual(Array(12).fill(1));
    expect(await chat.unread("bob")).toBe(6);
  });

  it("R9: 50 members who read at once, through two nodes, are 50 readers", async () => {
    const members = times(50, (n) => `member${n}`);
    await chat.conversation("alice", ...members);
    const message = await chat.say("alice");
    const answers = await Promise.all(
      members.map((name, n) => chat.through(node(n)).read(name, message)),
    );
    expect(answers.every(({ changed }) => changed)).toBe(true);
    expect(await chat.counts("alice", message)).toMatchObject({
      readCount: 50,
      summaryText: "Read by all",
    });
  });
});

describe("R16: seqs without gaps", () => {
  it("R16: 50 concurrent sends through two nodes are numbered 1 to 50", async () => {
    const people = ["alice", "bob", "carol"];
    await chat.conversation("alice", "bob", "carol");
    const sent = await Promise.all(
      times(50, (n) =>
        chat.through(node(n)).say(people[n % people.length] ?? "alice"),
      ),
    );
    expect(sent.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(upTo(50));
    const stored = (await chat.messages("alice")) ?? [];
    expect(stored.map(({ seq }) => seq)).toEqual(upTo(50));
    expect(new Map(stored.map(({ id, body }) => [id, body]))).toEqual(
      new Map(sent.map(({ id, body }) => [id, body])),
    );
  });

  it("R16: each of ten conversations at once has its own numbers", async () => {
    const chats = await Promise.all(
      times(10, async (n) => {
        const one = new Chat(node(n));
        await one.conversation("alice", "bob");
        return one;
      }),
    );
    const sent = await Promise.all(
      chats.map((one) => Promise.all(times(10, () => one.say("alice")))),
    );
    for (const messages of sent)
      expect(messages.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
        upTo(10),
      );
  });

  it("R16: refused sends in between leave no gap", async () => {
    await chat.conversation("alice", "bob");
    const answers = await Promise.all(
      times(40, (n) =>
        chat
          .through(node(n))
          .trySend(n % 2 === 0 ? "alice" : "mallory", { body: `${n}` }),
      ),
    );
    expect(answers.filter(({ errors }) => errors).map(codeOf)).toEqual(
      Array(20).fill("NOT_FOUND"),
    );
    expect(((await chat.messages("bob")) ?? []).map(({ seq }) => seq)).toEqual(
      upTo(20),
    );
  });
});

describe.each(Object.entries(ways))("R17 %s", (_, way) => {
  it("R17: the same clientId sent 20 times at once stores one message", async () => {
    await chat.conversation("alice", "bob");
    const ask = way();
    const input = {
      conversationId: chat.conversationId,
      clientId: randomUUID(),
      body: "once",
    };
    const answers = await Promise.all(
      times(20, (n) => ask(n)<Sent>("alice", sendDocument, { input })),
    );
    const sent = answers.map((answer) => dataOf(answer).sendMessage);
    expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(sent.map(({ message }) => message.id)).size).toBe(1);
    expect(await chat.hears("bob")).toEqual(["once"]);
    expect((await chat.say("alice")).seq).toBe(2);
  });

  it("R17: with different content at once one is stored, and the others are CONFLICT or its duplicates", async () => {
    await chat.conversation("alice", "bob");
    const ask = way();
    const clientId = randomUUID();
    const answers = await Promise.all(
      times(20, (n) =>
        ask(n)<Sent>("alice", sendDocument, {
          input: {
            conversationId: chat.conversationId,
            clientId,
            body: n % 2 === 0 ? "yes" : "no",
          },
        }),
      ),
    );
    const stored = answers.flatMap(({ data }) => data?.sendMessage ?? []);
    const refusals = answers.filter(({ errors }) => errors).map(codeOf);
    expect(stored).toHaveLength(10);
    expect(refusals).toEqual(Array(10).fill("CONFLICT"));
    expect(stored.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(stored.map(({ message }) => message.body)).size).toBe(1);
    expect(await chat.hears("bob")).toEqual([stored[0]?.message.body]);
  });

  it("R17: to two conversations at once it is stored once in each", async () => {
    const here = await chat.conversation("alice", "bob");
    const there = await chat.conversation("alice", "bob");
    const ask = way();
    const clientId = randomUUID();
    const answers = await Promise.all(
      times(20, (n) =>
        ask(n)<Sent>("alice", sendDocument, {
          input: {
            conversationId: n % 2 === 0 ? here : there,
            clientId,
            body: "hi",
          },
        }),
      ),
    );
    const first = answers.filter(
      ({ data }) => data?.sendMessage.duplicate === false,
    );
    expect(answers.filter(({ errors }) => errors)).toEqual([]);
    expect(first).toHaveLength(2);
    for (const conversationId of [here, there]) {
      chat.conversationId = conversationId;
      expect(await chat.hears("bob")).toEqual(["hi"]);
    }
  });
});

interface Sent {
  sendMessage: { message: Message; duplicate: boolean };
}

describe("a storm of eight people through two nodes", () => {
  const people = upTo(8).map((n) => `person${n}`);
  const [owner = ""] = people;
  const stepsEach = 80;

  it.each([1, 2, 3])(
    "R6, R9, R14, R15, R16: its end is what a recount of its log comes to (dice %i)",
    async (seed) => {
      await chat.conversation(...(people.slice(0, 6) as [string, ...string[]]));
      const said: Message[] = [];
      const acknowledged: { name: string; seq: number; kind: string }[] = [];
      await Promise.all(
        people.map((name, lane) =>
          live(name, dice(seed * 100 + lane), said, acknowledged),
        ),
      );
      await Promise.all(people.map((name) => chat.showReads(name)));

      const story = await readStory();
      expect(story.seqs).toEqual(upTo(said.length));
      const told = recount(story);
      for (const { name, seq, kind } of acknowledged) {
        const row = told.rows.get(seq)?.get(chat.id(name));
        if (row)
          expect(kind === "READ" ? row.isRead : row.isDelivered).toBe(true);
      }
      await expectSetsToNest();
      const present = people.filter((name) => told.present.has(chat.id(name)));
      expect((await chat.participants(owner)).map(({ name }) => name)).toEqual(
        present,
      );
      for (const viewer of present)
        expect(await viewOf(viewer)).toEqual(recountedView(told, viewer));
    },
    60_000,
  );

  /** One person's doings, each begun when the last is answered. */
  async function live(
    name: string,
    roll: (sides: number) => number,
    said: Message[],
    acknowledged: { name: string; seq: number; kind: string }[],
  ): Promise<void> {
    const doings = [
      ...times(5, () => say),
      ...times(6, () => markSome),
      ...times(2, () => sync),
      ...times(2, () => come),
      ...times(1, () => go),
      ...times(1, () => takeBack),
      ...times(1, () => hideOrShow),
    ];
    const by = () => socketOf(node(roll(2)), name, 0);

    async function ask<T>(
      document: string,
      variables: Record<string, unknown>,
    ): Promise<T | null> {
      const answer = await by().execute<T>(document, variables);
      // Whoever is away sees nothing (R3); nothing else may go wrong.
      if (answer.errors && codeOf(answer) === "NOT_FOUND") return null;
      return dataOf(answer);
    }

    async function say() {
      const sent = await ask<Sent>(sendDocument, {
        input: {
          conversationId: chat.conversationId,
          clientId: randomUUID(),
          body: "…",
        },
      });
      if (sent) said.push(sent.sendMessage.message);
    }

    async function markSome() {
      const message = said[roll(said.length)];
      if (!message) return;
      const names = Object.keys(marks) as MarkName[];
      const markName = names[roll(4)] ?? "markRead";
      const kind = markName.endsWith("Read") ? "READ" : "DELIVERED";
      const onBoth: Ask = (_, document, variables) =>
        by().execute(document, variables);
      // Now and then two of a person's devices do the same at once.
      const answers = await Promise.all(
        times(roll(4) === 0 ? 2 : 1, () =>
          mark(onBoth, name, markName, message),
        ),
      );
      for (const answer of answers)
        if (!answer.errors) acknowledged.push({ name, seq: message.seq, kind });
        else expect(codeOf(answer)).toBe("NOT_FOUND");
      expect(
        answers.filter(({ data }) => data?.marked.changed).length,
      ).toBeLessThanOrEqual(1);
    }

    async function sync() {
      const chosen = times(Math.min(said.length, 4), () => ({
        message: said[roll(said.length)],
        kind: roll(2) === 0 ? "READ" : "DELIVERED",
        upTo: roll(3) === 0,
      }));
      const data = await ask<{
        syncReceipts: { results: { error: string | null }[] };
      }>(
        `mutation ($receipts: [ReceiptInput!]!) {
          syncReceipts(input: { receipts: $receipts }) { results { error } }
        }`,
        {
          receipts: chosen.map(({ message, ...rest }) => ({
            ...rest,
            messageId: message?.id,
          })),
        },
      );
      chosen.forEach(({ message, kind }, i) => {
        if (message && data?.syncReceipts.results[i]?.error === null)
          acknowledged.push({ name, seq: message.seq, kind });
      });
    }

    async function come() {
      await ask(
        `mutation ($c: ID!, $u: [ID!]!) {
          addParticipants(input: { conversationId: $c, userIds: $u }) { added { id } }
        }`,
        {
          c: chat.conversationId,
          u: times(3, () => chat.id(people[roll(people.length)] ?? owner)),
        },
      );
    }

    async function go() {
      if (name === owner || roll(2) === 0) return;
      await ask(
        `mutation ($c: ID!, $u: ID!) {
          removeParticipant(input: { conversationId: $c, userId: $u }) { conversation { id } }
        }`,
        { c: chat.conversationId, u: chat.id(name) },
      );
    }

    async function takeBack() {
      const own = said[roll(said.length)];
      if (!own) return;
      const answer = await by().execute(
        "mutation ($id: ID!) { deleteMessage(input: { messageId: $id }) { message { id } } }",
        { id: own.id },
      );
      if (answer.errors)
        expect(codeOf(answer)).toMatch(/^(NOT_FOUND|FORBIDDEN)$/);
    }

    async function hideOrShow() {
      await ask(
        "mutation ($on: Boolean!) { setReadReceipts(input: { enabled: $on }) { viewer { id } } }",
        { on: roll(2) === 0 },
      );
    }

    for (let step = 0; step < stepsEach; step++)
      await doings[roll(doings.length)]?.();
  }

  interface Row {
    isDelivered: boolean;
    isRead: boolean;
    isHidden: boolean;
  }

  interface Happening {
    version: number;
    kind: "SENT" | "DELIVERED" | "READ" | "JOINED" | "LEFT" | "DELETED";
    userId: string;
    first: number;
    last: number;
    isHidden: boolean;
    hasGaps: boolean;
  }

  /** All that happened, in the order of the conversation's versions. */
  async function readStory() {
    const c = chat.conversationId;
    const happenings = await database<Happening[]>`
      select version::int, 'SENT' as kind, sender_id as "userId", seq::int as first,
        seq::int as last, false as "isHidden", false as "hasGaps"
      from messages where conversation_id = ${c}
      union all
      select l.version::int, l.kind::text, p.user_id, l.first_seq, l.last_seq, l.is_hidden, l.has_gaps
      from receipt_log l
      join participants p on p.conversation_key = l.conversation_key and p.number = l.participant_number
      where p.conversation_id = ${c}
      order by 1, 2, 4`; // in one version DELIVERED goes before READ
    const [now] = await database<{ version: number }[]>`
      select version::int from conversations where id = ${c}`;
    // Every version is accounted for, and only those.
    expect([...new Set(happenings.map(({ version }) => version))]).toEqual(
      upTo(now?.version ?? 0),
    );
    const seqs = happenings
      .filter(({ kind }) => kind === "SENT")
      .map(({ first }) => first);
    return { happenings, seqs };
  }

  /** Tells the story once more, a row for each message and recipient. */
  function recount({ happenings }: { happenings: readonly Happening[] }) {
    const present = new Set(people.slice(0, 6).map((name) => chat.id(name)));
    const rows = new Map<number, Map<string, Row>>();
    const senders = new Map<number, string>();
    const deleted = new Set<number>();
    for (const happening of happenings) {
      const { kind, userId, first, last, isHidden, hasGaps } = happening;
      if (kind === "JOINED") present.add(userId);
      else if (kind === "LEFT") present.delete(userId);
      else if (kind === "DELETED") deleted.add(first);
      else if (kind === "SENT") {
        expect(present).toContain(userId);
        senders.set(first, userId);
        const others = [...present].filter((other) => other !== userId);
        rows.set(
          first,
          new Map(
            others.map((other) => [
              other,
              { isDelivered: false, isRead: false, isHidden: false },
            ]),
          ),
        );
      } else
        for (let seq = first; seq <= last; seq++) {
          const row = rows.get(seq)?.get(userId);
          if (!row) continue;
          // A run with gaps passes over what had been read before, but does not begin or end with it.
          if (hasGaps && row.isRead && seq > first && seq < last) continue;
          // The first time stands (R7): nothing is acknowledged twice.
          expect({ kind, seq, userId, row }).toMatchObject({
            row: kind === "READ" ? { isRead: false } : { isDelivered: false },
          });
          row.isDelivered = true;
          if (kind === "READ") Object.assign(row, { isRead: true, isHidden });
        }
    }
    return { present, rows, senders, deleted };
  }

  type Told = ReturnType<typeof recount>;

  /** What a person should see at the end, when all show their reads. */
  function recountedView(
    { present, rows, senders, deleted }: Told,
    viewer: string,
  ) {
    const me = chat.id(viewer);
    const mine = [...rows].filter(
      ([seq, recipients]) => recipients.has(me) || senders.get(seq) === me,
    );
    const messages = mine.map(([seq, recipients]) => {
      const shown = [...recipients]
        .filter(([userId]) => present.has(userId))
        .map(([userId, row]) => {
          const shownAsRead = row.isRead && (userId === me || !row.isHidden);
          const state = shownAsRead
            ? "READ"
            : row.isDelivered
              ? "DELIVERED"
              : "PENDING";
          return { userId, state };
        })
        .sort((a, b) => (a.userId < b.userId ? -1 : 1));
      return {
        seq,
        isDeleted: deleted.has(seq),
        total: shown.length,
        delivered: shown.filter(({ state }) => state !== "PENDING").length,
        read: shown.filter(({ state }) => state === "READ").length,
        recipients: shown,
      };
    });
    const unread = mine.filter(
      ([seq, recipients]) =>
        recipients.get(me)?.isRead === false && !deleted.has(seq),
    ).length;
    // Of others the viewer is told of the messages that they may see, and of no others (R15).
    const firstMissing = (userId: string, has: (row: Row) => boolean) => {
      let newest = 0;
      for (const [seq, recipients] of userId === me ? rows : mine) {
        const row = recipients.get(userId);
        if (row && !has(row)) return userId === me ? seq - 1 : newest;
        newest = seq;
      }
      return newest;
    };
    const participants = [...present].sort().map((userId) => ({
      userId,
      deliveredUpToSeq: firstMissing(userId, (row) => row.isDelivered),
      readUpToSeq: firstMissing(
        userId,
        (row) => row.isRead && (userId === me || !row.isHidden),
      ),
    }));
    return { unread, participants, messages };
  }

  /** What a person does see at the end. */
  async function viewOf(viewer: string) {
    interface Page {
      conversation: {
        unreadCount: number;
        participants: {
          nodes: {
            user: { id: string };
            deliveredUpToSeq: number;
            readUpToSeq: number | null;
          }[];
        };
        messages: {
          nodes: {
            seq: number;
            deletedAt: string | null;
            status: {
              totalRecipients: number;
              deliveredCount: number;
              readCount: number;
              recipients: { nodes: { user: { id: string }; state: string }[] };
            };
          }[];
          pageInfo: { hasNextPage: boolean; endCursor: string | null };
        };
      };
    }
    const messages = [];
    let after: string | null = null;
    for (;;) {
      const { conversation }: Page = await chat.get<Page>(
        viewer,
        `query ($id: ID!, $after: Cursor) {
          conversation(id: $id) {
            unreadCount
            participants { nodes { user { id } deliveredUpToSeq readUpToSeq } }
            messages(first: 100, after: $after) {
              nodes {
                seq deletedAt
                status {
                  totalRecipients deliveredCount readCount
                  recipients { nodes { user { id } state } }
                }
              }
              pageInfo { hasNextPage endCursor }
            }
          }
        }`,
        { id: chat.conversationId, after },
      );
      messages.push(...conversation.messages.nodes);
      after = conversation.messages.pageInfo.endCursor;
      if (conversation.messages.pageInfo.hasNextPage) continue;
      return {
        unread: conversation.unreadCount,
        participants: conversation.participants.nodes.map(
          ({ user, ...participant }) => ({ userId: user.id, ...participant }),
        ),
        messages: messages.map(({ seq, deletedAt, status }) => ({
          seq,
          isDeleted: deletedAt !== null,
          total: status.totalRecipients,
          delivered: status.deliveredCount,
          read: status.readCount,
          recipients: status.recipients.nodes.map(({ user, state }) => ({
            userId: user.id,
            state,
          })),
        })),
      };
    }
  }

  /** R6: what is hidden was read, what was read was delivered, what was delivered was for them. */
  async function expectSetsToNest() {
    const [{ wrong } = { wrong: -1 }] = await database<{ wrong: number }[]>`
      select count(*)::int as wrong from participants
      where conversation_id = ${chat.conversationId}
        and not (hidden <@ read and read <@ delivered and delivered <@ member)`;
    expect(wrong).toBe(0);
  }
});

/** A die that always rolls the same for the same seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}
