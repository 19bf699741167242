import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { MessageRef } from "../src/domain/messages/message-id.js";
import type { StatusCounts } from "../src/domain/receipts/status.js";
import type { EventSink, StreamEvent } from "../src/stream/subscription.js";
import { Chat, dataOf } from "./support/chat.js";
import { databaseForFile, serverForFile } from "./support/for-file.js";
import {
  converse,
  createHubRig,
  listener,
  rigForFile,
  say,
  viewer,
  type HubRig,
  type Listener,
} from "./support/hub.js";
import { startPostgresProxy } from "./support/postgres-proxy.js";
import type { Events } from "./support/server.js";

// Subscriptions to all of a user's conversations. While nothing happens they hold nothing but
// themselves; whatever happens reaches them, though they left and came back, joined, or no notice came.

const rig = rigForFile();

/** The person who follows everything: somebody new in each test. */
let reader = "";
let owner = "";
beforeEach(() => {
  const suffix = randomUUID().slice(0, 8);
  reader = `reader-${suffix}`;
  owner = `owner-${suffix}`;
});

const follow = (
  kind: "status" | "messages",
  each: Listener,
  after: string | null = null,
) =>
  rig().hub.subscribe({
    kind,
    viewer: viewer(reader),
    conversationId: null,
    sentByViewer: false,
    after,
    ...each,
  });

const bodies = ({ events }: Listener) =>
  events.flatMap((event) =>
    "messageAdded" in event ? [event.messageAdded.message.row.body] : [],
  );

const reads = ({ events }: Listener) =>
  events.flatMap((event) =>
    "messageStatusChanged" in event
      ? event.messageStatusChanged.receipts
          .filter(({ kind }) => kind === "READ")
          .map(({ participant, toSeq }) => [participant.conversationId, toSeq])
      : [],
  );

const leave = (conversationId: string) =>
  rig().services.conversations.removeParticipant(
    viewer(reader),
    conversationId,
    reader,
  );
const add = (conversationId: string) =>
  rig().services.conversations.add(viewer(owner), conversationId, [reader]);
const ownerSays = (conversationId: string, body: string) =>
  say(rig().services, owner, conversationId, body);
const ownerReads = (place: MessageRef) =>
  rig().services.receipts.mark(viewer(owner), "READ", place, { upTo: false });

/** Does something of which no notice is heard. */
async function unheard<T>(work: () => Promise<T>): Promise<T> {
  rig().bus.isDeaf = true;
  try {
    return await work();
  } finally {
    rig().bus.isDeaf = false;
  }
}

describe("R2, R21: who leaves before a message reaches them, and returns", () => {
  it.each([
    { heard: "every notice is heard", isLossy: false },
    { heard: "no notice is heard", isLossy: true },
  ])(
    "gets the message once, and nothing twice: $heard",
    async ({ isLossy }) => {
      const maybe = isLossy ? unheard : <T>(work: () => Promise<T>) => work();
      const { hub } = rig();
      const id = await converse(rig().services, owner, [reader]);
      const alice = listener();
      const stop = await follow("messages", alice);
      for (const body of ["1", "2", "3"])
        await maybe(() => ownerSays(id, body));
      await hub.sweep();
      await vi.waitFor(() => expect(bodies(alice)).toEqual(["1", "2", "3"]));
      // Nothing more can be read until the reader has left.
      let open = (): void => undefined;
      const isOpen = new Promise<void>((resolve) => (open = resolve));
      rig().gate = () => isOpen;
      await maybe(() => ownerSays(id, "4"));
      await maybe(() => leave(id));
      rig().gate = () => undefined;
      open();
      await hub.sweep();
      await vi.waitFor(() => expect(hub.size.followers).toBe(0));
      expect(bodies(alice)).toEqual(["1", "2", "3"]);
      await maybe(() => ownerSays(id, "while away"));
      for (let i = 0; i < 4; i++) await hub.sweep();
      await maybe(() => add(id));
      await maybe(() => ownerSays(id, "5"));
      await hub.sweep();
      await vi.waitFor(() => expect(bodies(alice)).toContain("5"));
      expect(bodies(alice)).toEqual(["1", "2", "3", "4", "5"]);
      stop();
    },
  );

  const server = serverForFile({ SWEEP_MS: "1000" });

  it("gets the message once, and nothing twice, after 7 seconds, whenever it was that they left", async () => {
    const addedDocument = `subscription { messageAdded { message { body } } }`;
    type Listening = Events<{ messageAdded: { message: { body: string } } }>;
    const people = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const chat = new Chat(server);
        await chat.conversation("alice", "bob");
        const bob: Listening = server
          .connect(chat.id("bob"))
          .subscribe(addedDocument);
        return { chat, bob, i };
      }),
    );
    await vi.waitFor(
      () => expect(server.services.hub.size.subscriptions).toBe(people.length),
      10_000,
    );
    await Promise.all(
      people.map(async ({ chat, bob, i }) => {
        for (const body of ["1", "2", "3"]) await chat.say("alice", body);
        await bob.until((all) => all.length === 3);
        const sent = chat.say("alice", "4");
        if (i % 3 > 0) await sent;
        if (i % 3 > 1) await delay(i % 5);
        await Promise.all([sent, chat.leave("bob")]);
        await chat.say("alice", "while away");
        await delay(7_000);
        await chat.add("alice", "bob");
        const heard = (await chat.hears("bob")).filter((body) => body === "4");
        await chat.say("alice", "5");
        const wanted = ["1", "2", "3", ...heard, "5"];
        await bob.until((all) => all.length >= wanted.length);
        await bob.expectSilence(1_500);
        expect(
          bob.all.map((answer) => dataOf(answer).messageAdded.message.body),
        ).toEqual(wanted);
      }),
    );
  });
});

describe("R21, R22: who follows everything", () => {
  it.each([
    { heard: "every notice is heard", isLossy: false },
    { heard: "no notice is heard", isLossy: true },
  ])(
    "hears of conversations that they join later: $heard",
    async ({ isLossy }) => {
      const maybe = isLossy ? unheard : <T>(work: () => Promise<T>) => work();
      const { hub, services } = rig();
      const [status, messages] = [listener(), listener()];
      const stops = [
        await follow("status", status),
        await follow("messages", messages),
      ];
      const made = await maybe(() => converse(services, owner, [reader]));
      const joined = await maybe(() => converse(services, owner, ["somebody"]));
      await maybe(() => ownerSays(joined, "before"));
      await hub.sweep();
      await maybe(() => add(joined));
      for (const id of [made, joined]) {
        const place = await maybe(() => say(services, reader, id, "hello"));
        await maybe(() => ownerReads(place));
        await maybe(() => ownerSays(id, `in ${id}`));
      }
      await hub.sweep();
      await vi.waitFor(() =>
        expect(bodies(messages).toSorted()).toEqual(
          ["hello", "hello", `in ${made}`, `in ${joined}`].toSorted(),
        ),
      );
      await vi.waitFor(() =>
        expect(reads(status).toSorted()).toEqual(
          [
            [made, 1],
            [joined, 2],
          ].toSorted(),
        ),
      );
      for (const stop of stops) stop();
    },
  );

  it("has followers only where something has happened, and none after three quiet sweeps; a lost notice wakes them too", async () => {
    const { hub, services } = rig();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++)
      ids.push(await converse(services, owner, [reader]));
    await hub.sweep();
    const alice = listener();
    const stop = await follow("messages", alice);
    expect(hub.size).toEqual({ subscriptions: 1, feeds: 0, followers: 0 });
    for (let i = 0; i < 4; i++) await hub.sweep();
    expect(hub.size).toEqual({ subscriptions: 1, feeds: 0, followers: 0 });
    const expected: string[] = [];
    for (const [n, id] of ids.entries()) {
      const body = `${n}`;
      expected.push(body);
      await (n % 2 === 0
        ? ownerSays(id, body)
        : unheard(() => ownerSays(id, body)));
      if (n % 2 === 1) await hub.sweep();
      await vi.waitFor(() => expect(bodies(alice)).toEqual(expected));
      expect(hub.size.followers).toBe(1);
      // Each sweep reads what has changed; the first of these still finds this message.
      for (let i = 0; i < 5; i++) await hub.sweep();
      expect(hub.size).toEqual({ subscriptions: 1, feeds: 0, followers: 0 });
    }
    expect(bodies(alice)).toEqual(expected);
    stop();
  });

  it("is woken while the feed of another subscriber is sending: it is sent the same, and is not taken for somebody who left", async () => {
    const { hub, services } = rig();
    const id = await converse(services, owner, [reader]);
    const other = listener();
    const stopOther = await hub.subscribe({
      kind: "messages",
      viewer: viewer(owner),
      conversationId: id,
      sentByViewer: false,
      after: null,
      ...other,
    });
    await hub.sweep();
    const alice = listener();
    const stop = await follow("messages", alice);
    await hub.sweep();
    // A round reads the rights of its followers, and meanwhile a survey finds one more.
    let open = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    let begin = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (begin = resolve));
    rig().gate = (point) => {
      if (point === "before survey") return hasBegun;
      if (point !== "before rights") return;
      begin();
      return isOpen;
    };
    await ownerSays(id, "1");
    await vi.waitFor(() => expect(hub.size.followers).toBe(2));
    rig().gate = () => undefined;
    open();
    await vi.waitFor(() => expect(bodies(alice)).toEqual(["1"]));
    expect(bodies(other)).toEqual(["1"]);
    await ownerSays(id, "2");
    await vi.waitFor(() => expect(bodies(alice)).toEqual(["1", "2"]));
    stop();
    stopOther();
  });

  it("is sent an event that takes longer to make than many sweeps", async () => {
    const { hub, services } = rig();
    const id = await converse(services, owner, [reader]);
    await hub.sweep();
    const alice = listener();
    let open = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    let executing = 0;
    const slow: Listener = {
      ...alice,
      operation: {
        ...alice.operation,
        async execute(event) {
          executing++;
          await isOpen;
          return Buffer.from(JSON.stringify(event));
        },
      },
    };
    const stop = await follow("messages", slow);
    await ownerSays(id, "1");
    await vi.waitFor(() => expect(executing).toBe(1));
    let swept = 0;
    const sweeping = (async () => {
      while (swept < 6) {
        await hub.sweep();
        swept++;
      }
    })();
    // A sweep that did not wait for the event would have ended long before that.
    await vi.waitFor(() => expect(swept).toBe(6), 1_000).catch(() => undefined);
    expect(hub.size.followers).toBe(1);
    open();
    await sweeping;
    await vi.waitFor(() => expect(bodies(alice)).toEqual(["1"]));
    stop();
  });

  it("wakes again also where another subscriber keeps the conversation's feed", async () => {
    const { hub, services } = rig();
    const id = await converse(services, owner, [reader]);
    const other = listener();
    const stopOther = await hub.subscribe({
      kind: "messages",
      viewer: viewer(owner),
      conversationId: id,
      sentByViewer: false,
      after: null,
      ...other,
    });
    const alice = listener();
    const stop = await follow("messages", alice);
    await ownerSays(id, "1");
    await vi.waitFor(() => expect(bodies(alice)).toEqual(["1"]));
    for (let i = 0; i < 5; i++) await hub.sweep();
    expect(hub.size).toEqual({ subscriptions: 2, feeds: 1, followers: 1 });
    await ownerSays(id, "2");
    await vi.waitFor(() => expect(bodies(alice)).toEqual(["1", "2"]));
    for (let i = 0; i < 5; i++) await hub.sweep();
    await unheard(() => ownerSays(id, "3"));
    await hub.sweep();
    await vi.waitFor(() => expect(bodies(alice)).toEqual(["1", "2", "3"]));
    expect(bodies(other)).toEqual(["1", "2", "3"]);
    stop();
    stopOther();
  });

  it("is no participant any more: nothing of that conversation reaches them", async () => {
    const { hub, services } = rig();
    const id = await converse(services, owner, [reader, "somebody"]);
    const other = await converse(services, owner, [reader]);
    const [status, messages] = [listener(), listener()];
    const stops = [
      await follow("status", status),
      await follow("messages", messages),
    ];
    for (const isWoken of [true, false]) {
      if (isWoken) await ownerSays(id, "first");
      await hub.sweep();
      await leave(id);
      const place = await ownerSays(id, "secret");
      await services.receipts.mark(viewer("somebody"), "READ", place, {
        upTo: true,
      });
      await hub.sweep();
      await add(id);
    }
    await ownerSays(other, "last");
    await hub.sweep();
    await vi.waitFor(() => expect(bodies(messages)).toContain("last"));
    expect(bodies(messages)).toEqual(["first", "last"]);
    for (const [, seq] of reads(status)) expect(seq).toBe(1);
    for (const stop of stops) stop();
  });
});

describe("R22: connecting and being idle cost no statement for each conversation", () => {
  const created = databaseForFile();

  it("a subscription to all of 100 conversations costs the statements of one to all of 5", async () => {
    const proxy = await startPostgresProxy(created.url);
    const counted: HubRig = await createHubRig(proxy.url);
    const { services, hub } = counted;
    const costs: Record<string, number>[] = [];
    for (const count of [5, 100]) {
      const userId = `user-${count}`;
      const ids = await Promise.all(
        Array.from({ length: count }, () =>
          converse(services, userId, ["bob"]),
        ),
      );
      await Promise.all(ids.map((id) => say(services, "bob", id)));
      await hub.sweep();
      await hub.sweep();
      const after = services.head.cursorOf(
        ids[0] ?? "",
        await services.conversations.get(ids[0] ?? ""),
      );
      const cost = async (work: () => Promise<unknown>) => {
        const before = proxy.statements;
        await work();
        return proxy.statements - before;
      };
      const stops: (() => void)[] = [];
      const subscribe = (cursor: string | null) => async () => {
        for (const kind of ["status", "messages"] as const)
          stops.push(
            await hub.subscribe({
              kind,
              viewer: viewer(userId),
              conversationId: null,
              sentByViewer: false,
              after: cursor,
              ...listener(),
            }),
          );
      };
      costs.push({
        fromNow: await cost(subscribe(null)),
        afterACursor: await cost(subscribe(after)),
        sweep: await cost(() => hub.sweep()),
      });
      expect(hub.size).toEqual({ subscriptions: 4, feeds: 0, followers: 0 });
      for (const stop of stops) stop();
    }
    // A few, whatever the number of conversations: transactions of others cost some a second reading.
    for (const cost of costs)
      for (const statements of Object.values(cost))
        expect(statements).toBeLessThanOrEqual(12);
    await counted.close();
    await proxy.close();
  });

  it("a change where all was quiet costs neither a statement nor an execution for each of those whom it reaches", async () => {
    const proxy = await startPostgresProxy(created.url);
    const counted: HubRig = await createHubRig(proxy.url);
    const { services, hub } = counted;
    const users = Array.from({ length: 60 }, (_, i) => `listener-${i}`);
    const id = await converse(services, "sender", users);
    const place = await say(services, "sender", id);
    await hub.sweep();
    await hub.sweep();
    const listeners = users.map(() => listener());
    for (const [i, each] of listeners.entries())
      await hub.subscribe({
        kind: "status",
        viewer: viewer(users[i] ?? ""),
        conversationId: null,
        sentByViewer: false,
        after: null,
        ...each,
      });
    // Until a sweep each stands at the snapshot in which it began; after it, all stand at the same one.
    await hub.sweep();
    expect(hub.size.followers).toBe(0);
    expect(listeners.flatMap(({ events }) => events)).toEqual([]);
    const before = proxy.statements;
    await services.receipts.mark(viewer("listener-0"), "READ", place, {
      upTo: false,
    });
    await vi.waitFor(() => {
      for (const { events } of listeners) expect(events).toHaveLength(1);
    });
    // A few, whatever the number of listeners; one for each would be 60.
    expect(proxy.statements - before).toBeLessThan(20);
    expect(
      listeners.reduce((sum, { executions }) => sum + executions, 0),
    ).toBeLessThan(20);
    await counted.close();
    await proxy.close();
  });
});

describe("R22, R23: whatever happens, in any order", () => {
  const names = ["alice", "bob", "carol"] as const;
  const index = fc.nat(11);
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("say" as const),
        who: index,
        where: index,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("read" as const),
        who: index,
        where: index,
        seq: index,
        upTo: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("leave" as const),
        who: index,
        where: index,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("return" as const),
        who: index,
        where: index,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("begin" as const) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("deafness" as const) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("congestion" as const),
        who: index,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("sweep" as const),
        times: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("pause" as const),
        ms: fc.nat(20),
      }),
    },
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  /** A client that follows everything, and keeps what it was told last of each message. */
  class Follower {
    readonly userId: string;
    readonly received: string[] = [];
    readonly known = new Map<string, { at: number; counts: StatusCounts }>();
    private isCongested = false;
    private waiting: (() => void)[] = [];
    private readonly stops: (() => void)[] = [];

    constructor(userId: string) {
      this.userId = userId;
    }

    async start(): Promise<void> {
      const sinkOf = (): EventSink => {
        const isCongested = () => this.isCongested;
        return {
          send: (payload) => {
            this.take(JSON.parse(payload.toString()) as Told);
          },
          get isCongested() {
            return isCongested();
          },
          whenDrained: (go) => void this.waiting.push(go),
          complete: () => undefined,
        };
      };
      for (const kind of ["status", "messages"] as const)
        this.stops.push(
          await rig().hub.subscribe({
            kind,
            viewer: viewer(this.userId),
            conversationId: null,
            sentByViewer: false,
            after: null,
            operation: {
              key: `${kind} of ${this.userId}`,
              isPerViewer: true,
              execute: async (event, { audience }) =>
                Buffer.from(JSON.stringify(await tell(event, audience))),
            },
            sink: sinkOf(),
          }),
        );
    }

    toggleCongestion(): void {
      this.isCongested = !this.isCongested;
      if (this.isCongested) return;
      for (const go of this.waiting.splice(0)) go();
    }

    drain(): void {
      if (this.isCongested) this.toggleCongestion();
    }

    stop(): void {
      for (const stop of this.stops) stop();
    }

    private take({ at, message, statuses }: Told): void {
      if (message !== null) this.received.push(message);
      for (const [key, counts] of statuses)
        if ((this.known.get(key)?.at ?? 0) < at)
          this.known.set(key, { at, counts });
    }
  }

  /** An event as such a client's operation tells it. */
  interface Told {
    /** When the operation began to read: a later one saw as much or more. */
    readonly at: number;
    readonly message: string | null;
    readonly statuses: readonly [string, StatusCounts][];
  }
  type AudienceOf = Parameters<
    ReturnType<typeof rig>["services"]["statuses"]["counts"]
  >[0]["audience"];
  let operations = 0;

  async function tell(event: StreamEvent, audience: AudienceOf): Promise<Told> {
    const at = ++operations;
    const { services } = rig();
    if ("badgeChanged" in event) throw new Error("nobody asked for badges");
    const refs =
      "messageAdded" in event
        ? [event.messageAdded.message]
        : await services.view.messages(event.messageStatusChanged, 1_000);
    const statuses = await Promise.all(
      refs.map(async ({ conversationId, seq }) => {
        const key = { conversationId, seq, audience };
        const told: [string, StatusCounts] = [
          `${conversationId}:${seq}`,
          await services.statuses.counts(key),
        ];
        return told;
      }),
    );
    const message = "messageAdded" in event ? (statuses[0]?.[0] ?? null) : null;
    return { at, message, statuses };
  }

  it("each message comes once, and all that was told adds up to what a fresh query tells", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 200, maxLength: 200 }),
        async (steps) => {
          await run(steps);
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
  }, 240_000);

  async function run(steps: readonly Step[]): Promise<void> {
    const { services, hub, bus } = rig();
    const suffix = randomUUID().slice(0, 8);
    const users = names.map((name) => `${name}-${suffix}`);
    const keeper = `keeper-${suffix}`;
    const ids: string[] = [];
    const begin = async () =>
      void ids.push(await converse(services, keeper, users));
    await begin();
    await begin();
    const followers = users.map((userId) => new Follower(userId));
    for (const follower of followers) await follower.start();
    const last = new Map<string, number>();
    const at = <T>(list: readonly T[], i: number) => list[i % list.length] as T;
    try {
      for (const each of steps)
        switch (each.kind) {
          case "say": {
            const [who, where] = [
              at([...users, keeper], each.who),
              at(ids, each.where),
            ];
            const said = await say(services, who, where).catch(() => null);
            if (said) last.set(where, said.seq);
            break;
          }
          case "read": {
            const conversationId = at(ids, each.where);
            const newest = last.get(conversationId) ?? 0;
            if (newest === 0) break;
            const seq = Math.max(1, newest - each.seq);
            const who = viewer(at(users, each.who));
            await services.receipts
              .mark(who, "READ", { conversationId, seq }, { upTo: each.upTo })
              .catch(() => null);
            break;
          }
          case "leave": {
            const who = at(users, each.who);
            await services.conversations
              .removeParticipant(viewer(who), at(ids, each.where), who)
              .catch(() => null);
            break;
          }
          case "return":
            await services.conversations.add(
              viewer(keeper),
              at(ids, each.where),
              [at(users, each.who)],
            );
            break;
          case "begin":
            await begin();
            break;
          case "deafness":
            bus.isDeaf = !bus.isDeaf;
            break;
          case "congestion":
            at(followers, each.who).toggleCongestion();
            break;
          case "sweep":
            for (let i = 0; i < each.times; i++) await hub.sweep();
            break;
          case "pause":
            await delay(each.ms);
        }
      bus.isDeaf = false;
      for (const follower of followers) follower.drain();
      await hub.sweep();
      for (const follower of followers) await expectTrue(follower, ids);
    } finally {
      bus.isDeaf = false;
      for (const follower of followers) follower.stop();
    }
  }

  /** All that a follower was told is what a query tells now, of everything that they see. */
  async function expectTrue(follower: Follower, ids: readonly string[]) {
    const { services, hub } = rig();
    const who = viewer(follower.userId);
    await vi.waitFor(async () => {
      await hub.sweep();
      expect(follower.received.length).toBe(new Set(follower.received).size);
      const visible: string[] = [];
      for (const conversationId of ids) {
        const seen = await services.conversations.mayView(who, conversationId);
        if (!seen) continue;
        const page = await services.messages.page(conversationId, seen, {
          above: 0,
          below: 1_000_000,
          limit: 1_000,
          fromEnd: false,
        });
        for (const { seq } of page) {
          const key = `${conversationId}:${seq}`;
          visible.push(key);
          const counts = await services.statuses.counts({
            conversationId,
            seq,
            audience: { self: follower.userId, seesReads: true, visible: null },
          });
          expect({ key, counts: follower.known.get(key)?.counts }).toEqual({
            key,
            counts,
          });
        }
      }
      const received = new Set(follower.received);
      expect(visible.filter((key) => !received.has(key))).toEqual([]);
    }, 10_000);
  }
});
