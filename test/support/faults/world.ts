import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "postgres";
import { checkHistory } from "../history/check.js";
import { History, type Kind, type Stored } from "../history/history.js";
import type { Violation } from "../history/violation.js";
import { Follower, type KeptCursor } from "./follower.js";
import { Service } from "./service.js";
import {
  addRecipients,
  applyReceipts,
  difference,
  emptyState,
  readState,
  receiptFields,
  replace,
  statusFields,
  type Receipt,
  type State,
  type StatusWithRecipients,
} from "./state.js";

/** How large a world is, and how much its clients do. */
interface WorldSettings {
  readonly clients: number;
  /** How many clients are in a conversation; each client is in two. */
  readonly participantsOfEach: number;
  /** A client waits this long at most between two operations. */
  readonly pauseMs: number;
  /** Subscribers must be right so long after a fault. */
  readonly rightWithinMs: number;
}

const defaults: WorldSettings = {
  clients: 50,
  participantsOfEach: 10,
  pauseMs: 600,
  rightWithinMs: 10_000,
};

/** A client knows this many of the newest messages of a conversation that it looks at. */
const lookedAt = 10;

/** A message that a client may mark. */
interface KnownMessage {
  readonly id: string;
  readonly seq: number;
}

/** Conversations of their own for one fault, with the clients that use them. */
export class World {
  readonly followers: Follower[] = [];
  readonly history = new History();
  /** What must not happen, in words, beside what the history tells. */
  readonly wrong: string[] = [];
  /** How many sends and marks were acknowledged. */
  acknowledged = 0;
  /** By conversation: what was acknowledged, also in a time that was lost. */
  private readonly known = new Map<string, KnownMessage[]>();
  private running: { stop: () => void; ended: Promise<unknown> } | null = null;

  private readonly name: string;
  private readonly settings: WorldSettings;
  private keeps = 0;

  private constructor(name: string, settings: WorldSettings) {
    this.name = name;
    this.settings = settings;
  }

  /** Makes the conversations, and lets every client follow one of its own, or all of them. */
  static async open(
    url: string,
    name: string,
    given: Partial<WorldSettings> = {},
  ): Promise<World> {
    const settings = { ...defaults, ...given };
    const { clients, participantsOfEach } = settings;
    const world = new World(name, settings);
    const { history } = world;
    const services = Array.from(
      { length: clients },
      (_, i) => new Service(url, `${name}-u${i}`, i % 2 === 0),
    );
    const rows = clients / participantsOfEach;
    const groups = Array.from({ length: 2 * rows }, (_, n) =>
      services.filter((_, i) =>
        n < rows
          ? i % rows === n
          : Math.floor(i / participantsOfEach) === n - rows,
      ),
    );
    await Promise.all(
      groups.map(async ([owner, ...others], n) => {
        const id = `${name}-c${n}`;
        await owner?.must(
          `mutation ($input: CreateConversationInput!) {
            createConversation(input: $input) { conversation { id } }
          }`,
          { input: { id, participantIds: others.map(({ userId }) => userId) } },
        );
        world.known.set(id, []);
        history.participants.set(
          id,
          [owner, ...others].map((one) => one?.userId ?? ""),
        );
      }),
    );
    services.forEach((service, i) => {
      const ids = groups.flatMap((group, n) =>
        group.includes(service) ? [`${name}-c${n}`] : [],
      );
      const followed = i % 4 < 2 ? null : (ids[i % 2] ?? null);
      const followedIds = followed === null ? ids : [followed];
      world.followers.push(
        new Follower(service, followed, followedIds, history),
      );
    });
    await Promise.all(world.followers.map((follower) => follower.begin()));
    return world;
  }

  get retries(): number {
    return sum(this.followers.map(({ service }) => service.retries));
  }

  get resets(): number {
    return sum(this.followers.map(({ resets }) => resets));
  }

  /** Lets every client send and mark, each operation until it is acknowledged. */
  start(): void {
    const stopping = new AbortController();
    const ended = Promise.all(
      this.followers.map(({ service }, i) =>
        this.work(service, i, stopping.signal),
      ),
    );
    ended.catch((error: unknown) => this.wrong.push(String(error)));
    this.running = { stop: () => stopping.abort(), ended };
  }

  /** Lets every client finish what it is about. */
  async stop(): Promise<void> {
    this.running?.stop();
    await this.running?.ended.catch(() => undefined);
  }

  /** Every client's socket breaks; they come back by themselves. */
  loseSockets(): void {
    for (const { service } of this.followers) service.loseSocket();
  }

  /** Lets every client keep a cursor of an event, and every other one a cursor of a query. */
  async keep(label: string): Promise<void> {
    this.keeps++;
    await Promise.all(
      this.followers.map((follower, i) =>
        follower.keep(label, (i + this.keeps) % 2 === 0),
      ),
    );
  }

  /**
   * The database was put back to an earlier state.
   * @returns how many acknowledged messages that state does not have
   */
  async restartFrom(sql: Sql): Promise<number> {
    const { history } = this;
    const stored = await readStored(sql, this.name);
    const clientIds = new Set(stored.messages.values());
    const gone = new Set(
      history.sends.flatMap(({ action, outcome }) =>
        outcome.kind === "ok" && !clientIds.has(action.clientId)
          ? [action.clientId]
          : [],
      ),
    );
    history.restartFrom(stored);
    return gone.size;
  }

  /**
   * Waits until every subscriber knows what fresh queries tell. These are asked again each time: an attempt
   * that its client has given up may still be carried out.
   * @returns what they told last
   */
  async untilRight(): Promise<State> {
    const deadline = performance.now() + this.settings.rightWithinMs;
    for (;;) {
      const truth = await this.readAll();
      const lag = this.lagBehind(truth);
      if (lag.length === 0) return truth;
      if (performance.now() > deadline) {
        this.wrong.push(...lag);
        return truth;
      }
      await delay(50);
    }
  }

  /** What fresh queries tell of all conversations. */
  private async readAll(): Promise<State> {
    const all = emptyState();
    await Promise.all(
      [...this.history.participants].map(async ([id, [reader]]) => {
        const follower = this.followers.find(
          ({ service }) => service.userId === reader,
        );
        if (follower) replace(all, id, await readState(follower.service, id));
      }),
    );
    return all;
  }

  /** The subscribers who know something else, in words. */
  private lagBehind(truth: State): string[] {
    return this.followers.flatMap((follower) => {
      const { state, conversationIds, service, conversationId } = follower;
      const problem = difference(state, truth, conversationIds);
      const what = conversationId === null ? "all" : "one";
      return problem
        ? [`${service.userId}, following ${what}: ${problem}`]
        : [];
    });
  }

  /** Asks for the changes after each cursor that was kept: they lead to the truth, or to a reset. */
  async replay(): Promise<{ replayed: number; resets: number }> {
    let resets = 0;
    const kept = this.followers.flatMap((follower) =>
      follower.kept.map((cursor) => ({ cursor, service: follower.service })),
    );
    const waiting = [...kept];
    const lane = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { cursor, service } = next;
        const receipts = await replay(service, cursor);
        if (receipts === "reset") resets++;
        else {
          const { conversationIds } = cursor;
          const what = cursor.conversationId === null ? "all" : "one";
          const label = `a cursor of ${what} kept ${cursor.label}`;
          this.history.resumed.push({ label, conversationIds, receipts });
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return { replayed: kept.length, resets };
  }

  /** Judges everything that happened, once the world is closed. */
  judge(truth: State): Record<Violation["kind"], string[]> {
    this.history.truth = truth;
    const violations = checkHistory(this.history);
    const of = (wanted: Violation["kind"]) =>
      violations.flatMap(({ kind, rule, text }) =>
        kind === wanted ? [`${rule}: ${text}`] : [],
      );
    return {
      lost: of("lost"),
      doubled: of("doubled"),
      wrong: [...of("wrong"), ...this.wrong],
    };
  }

  async close(): Promise<void> {
    this.running?.stop();
    for (const follower of this.followers) {
      follower.stop();
      await follower.settled();
      this.wrong.push(...follower.wrong);
    }
    await Promise.all(this.followers.map(({ service }) => service.close()));
  }

  private async work(
    service: Service,
    client: number,
    stop: AbortSignal,
  ): Promise<void> {
    const { participants } = this.history;
    const all = [...participants.keys()];
    const ids = all.filter((id) =>
      participants.get(id)?.includes(service.userId),
    );
    const others = all.filter((id) => !ids.includes(id));
    for (let turn = client; !stop.aborted; turn++) {
      const id = ids[turn % ids.length] ?? "";
      const choice = Math.random();
      const message = pick(this.known.get(id) ?? []);
      if (choice < 0.2 || !message) await this.send(service, id);
      else if (choice < 0.7)
        await this.mark(
          service,
          id,
          message,
          choice < 0.6 ? "READ" : "DELIVERED",
        );
      else if (choice < 0.8)
        await this.mark(service, id, message, "DELIVERED", true);
      else if (choice < 0.83) {
        const other = pick(others) ?? "";
        const foreign = pick(this.known.get(other) ?? []);
        if (foreign) await this.mark(service, other, foreign, "READ");
      } else await this.look(service, id);
      await delay(this.settings.pauseMs * Math.random());
    }
  }

  /** Now and then a user has two devices that do the same at the same moment, one of them by HTTP. */
  private async onDevices<T>(
    act: (bySocket?: boolean) => Promise<T>,
  ): Promise<T> {
    const [first] = await Promise.all(
      Math.random() < 0.15 ? [act(), act(false)] : [act()],
    );
    return first;
  }

  private async send(service: Service, conversationId: string): Promise<void> {
    interface Data {
      sendMessage: { message: KnownMessage; duplicate: boolean };
    }
    const clientId = randomUUID();
    const { userId } = service;
    const watch = this.history.watch(
      ...([this.history.sends, userId, { conversationId, clientId }] as const),
      ({ sendMessage: { message, duplicate } }: Data) => ({
        ...{ id: message.id, seq: message.seq, duplicate },
      }),
    );
    const outcome = await this.onDevices((bySocket) =>
      service.insist<Data>(
        `mutation ($input: SendMessageInput!) {
          sendMessage(input: $input) { message { id seq } duplicate }
        }`,
        { input: { conversationId, clientId, body: `by ${userId}` } },
        ...([watch, bySocket] as const),
      ),
    );
    if (!("data" in outcome)) return;
    this.acknowledged++;
    this.known.get(conversationId)?.push(outcome.data.sendMessage.message);
  }

  private async mark(
    service: Service,
    conversationId: string,
    { id, seq }: KnownMessage,
    kind: Kind,
    upTo = false,
  ): Promise<void> {
    const field = `${upTo ? "bulkMark" : "mark"}${kind === "READ" ? "Read" : "Delivered"}`;
    const input = upTo
      ? { conversationId, upToMessageId: id }
      : { messageId: id };
    const type = field.charAt(0).toUpperCase() + field.slice(1);
    const watch = this.history.watch(
      ...([this.history.marks, service.userId] as const),
      { conversationId, seq, messageId: id, kind, upTo },
      (data: Record<string, { changed: boolean }>) => ({
        changed: data[field]?.changed ?? false,
      }),
    );
    const outcome = await this.onDevices((bySocket) =>
      service.insist<Record<string, { changed: boolean }>>(
        `mutation ($input: ${type}Input!) { ${field}(input: $input) { changed } }`,
        { input },
        ...([watch, bySocket] as const),
      ),
    );
    const isIn = this.history.participants
      .get(conversationId)
      ?.includes(service.userId);
    if ("data" in outcome) this.acknowledged++;
    else if (isIn && outcome.refused === "NOT_FOUND")
      this.known.set(
        conversationId,
        (this.known.get(conversationId) ?? []).filter((one) => one.id !== id),
      );
  }

  private async look(service: Service, conversationId: string): Promise<void> {
    interface Data {
      conversation: {
        messages: { nodes: { seq: number; status: StatusWithRecipients }[] };
      };
    }
    const watch = this.history.watch(
      ...([this.history.reads, service.userId, { conversationId }] as const),
      ({ conversation }: Data) => {
        const { nodes } = conversation.messages;
        const receipts: State["receipts"] = new Map();
        for (const { seq, status } of nodes)
          addRecipients(receipts, `${conversationId} ${seq}`, status);
        return {
          statuses: nodes.map(({ seq, status }) => ({ seq, ...status })),
          receipts,
        };
      },
    );
    await service.insist<Data>(
      `query ($id: ID!, $last: Int!) {
        viewer { unreadCount }
        conversation(id: $id) {
          unreadCount messages(last: $last) { nodes { seq status { ${statusFields} } } }
        }
      }`,
      { id: conversationId, last: lookedAt },
      watch,
    );
  }
}

interface Changes {
  readonly statusChanges: {
    readonly nodes: readonly {
      readonly reset: boolean;
      readonly conversation: { readonly id: string };
      readonly receipts: readonly Receipt[];
    }[];
    readonly endCursor: string;
    readonly hasNextPage: boolean;
  };
}

/** What a client knows that reads on from a cursor, in small pages. */
async function replay(
  service: Service,
  { cursor, conversationId, receipts: before }: KeptCursor,
): Promise<State["receipts"] | "reset"> {
  const receipts = new Map(before);
  let after = cursor;
  for (let pages = 0; pages < 50; pages++) {
    const { statusChanges } = await service.must<Changes>(
      `query ($after: Cursor!, $id: ID) {
        statusChanges(after: $after, conversationId: $id, first: 5) {
          nodes { reset conversation { id } receipts { ${receiptFields} } }
          endCursor hasNextPage
        }
      }`,
      { after, id: conversationId },
    );
    for (const { reset, conversation, receipts: told } of statusChanges.nodes) {
      if (reset) return "reset";
      applyReceipts(receipts, conversation.id, told);
    }
    if (!statusChanges.hasNextPage) return receipts;
    after = statusChanges.endCursor;
  }
  throw new Error("the pages after a cursor have no end");
}

/** Reads what a database holds of a world, without the service. */
async function readStored(sql: Sql, name: string): Promise<Stored> {
  const messages = await sql<{ key: string; clientId: string }[]>`
    select conversation_id || ' ' || seq as key, client_id as "clientId" from messages
    where conversation_id like ${`${name}-%`}`;
  const marks = await sql<{ key: string; isRead: boolean }[]>`
    select m.conversation_id || ' ' || m.seq || ' ' || p.user_id as key, m.seq::int8 <@ p.read as "isRead"
    from messages m join participants p using (conversation_id)
    where m.conversation_id like ${`${name}-%`} and p.user_id <> m.sender_id and m.seq::int8 <@ p.delivered`;
  return {
    messages: new Map(messages.map(({ key, clientId }) => [key, clientId])),
    marks: new Map(
      marks.map(({ key, isRead }) => [key, isRead ? "READ" : "DELIVERED"]),
    ),
  };
}

function pick<T>(items: readonly T[]): T | undefined {
  return items[Math.floor(Math.random() * items.length)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
