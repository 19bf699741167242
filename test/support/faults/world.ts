import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "postgres";
import { Follower, type KeptCursor } from "./follower.js";
import { Ledger, type Stored } from "./ledger.js";
import { Service } from "./service.js";
import {
  applyReceipts,
  difference,
  emptyState,
  readState,
  receiptFields,
  replace,
  type Receipt,
  type State,
} from "./state.js";

const clientCount = 50;
const conversationsOfEach = 2;
const participantsOfEach = 10;
/** A client waits this long at most between two operations. */
const pauseMs = 600;
/** Subscribers must be right so long after a fault. */
const rightWithinMs = 10_000;

/** Conversations of their own for one fault, with the clients that use them. */
export class World {
  readonly followers: Follower[] = [];
  /** What must not happen, in words. */
  readonly wrong: string[] = [];
  private readonly ledgers = new Map<string, Ledger>();
  private readonly participants = new Map<string, readonly string[]>();
  private running: { stop: () => void; ended: Promise<unknown> } | null = null;

  private readonly name: string;
  private keeps = 0;

  private constructor(name: string) {
    this.name = name;
  }

  /** Makes the conversations, and lets every client follow one of its own, or all of them. */
  static async open(url: string, name: string): Promise<World> {
    const world = new World(name);
    const services = Array.from(
      { length: clientCount },
      (_, i) => new Service(url, `${name}-u${i}`, i % 2 === 0),
    );
    const rows = clientCount / participantsOfEach;
    const groups = Array.from({ length: conversationsOfEach * rows }, (_, n) =>
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
        world.ledgers.set(id, new Ledger(id));
        world.participants.set(
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
      world.followers.push(
        new Follower(service, followed, followed === null ? ids : [followed]),
      );
    });
    await Promise.all(world.followers.map((follower) => follower.begin()));
    return world;
  }

  get acknowledged(): number {
    return sum([...this.ledgers.values()].map((one) => one.acknowledged));
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
    const stored = await readStored(sql, this.name);
    return sum(
      [...this.ledgers.values()].map((ledger) => ledger.restartFrom(stored)),
    );
  }

  /** What fresh queries tell. Nothing may be under way. */
  async truth(): Promise<State> {
    const truth = emptyState();
    await Promise.all(
      [...this.participants].map(async ([id, [reader]]) => {
        const follower = this.followers.find(
          ({ service }) => service.userId === reader,
        );
        if (follower) replace(truth, id, await readState(follower.service, id));
      }),
    );
    return truth;
  }

  /** Waits until every subscriber knows the truth. */
  async untilRight(truth: State): Promise<void> {
    const lag = () =>
      this.followers.flatMap((follower) => {
        const { state, conversationIds, service, conversationId } = follower;
        const problem = difference(state, truth, conversationIds);
        const what = conversationId === null ? "all" : "one";
        return problem
          ? [`${service.userId}, following ${what}: ${problem}`]
          : [];
      });
    const deadline = performance.now() + rightWithinMs;
    while (lag().length > 0 && performance.now() < deadline) await delay(50);
    this.wrong.push(...lag());
  }

  /** Compares everything that was acknowledged with the truth. */
  audit(truth: State): { lost: string[]; doubled: string[]; wrong: string[] } {
    const audits = [...this.ledgers].map(([id, ledger]) =>
      ledger.audit(truth, this.participants.get(id) ?? []),
    );
    return {
      lost: audits.flatMap(({ lost }) => lost),
      doubled: audits.flatMap(({ doubled }) => doubled),
      wrong: audits.flatMap(({ wrong }) => wrong),
    };
  }

  /** Asks for the changes after each cursor that was kept: they lead to the truth, or to a reset. */
  async replay(truth: State): Promise<{ replayed: number; resets: number }> {
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
          const { conversationIds, label } = cursor;
          const problem = difference({ receipts }, truth, conversationIds);
          const what = cursor.conversationId === null ? "all" : "one";
          if (problem)
            this.wrong.push(`a cursor of ${what} kept ${label}: ${problem}`);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return { replayed: kept.length, resets };
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
    const ids = [...this.participants].flatMap(([id, users]) =>
      users.includes(service.userId) ? [id] : [],
    );
    for (let turn = client; !stop.aborted; turn++) {
      const ledger = this.ledgers.get(ids[turn % ids.length] ?? "");
      if (!ledger) throw new Error(`${service.userId} is in no conversation`);
      const choice = Math.random();
      const message = pick(ledger.known);
      if (choice < 0.2 || !message) await this.send(service, ledger);
      else if (choice < 0.7)
        await this.mark(service, ledger, message, choice < 0.65);
      else if (choice < 0.8)
        await this.mark(service, ledger, message, false, true);
      else await this.look(service, ledger.conversationId);
      await delay(pauseMs * Math.random());
    }
  }

  private async send(service: Service, ledger: Ledger): Promise<void> {
    const clientId = randomUUID();
    const { conversationId } = ledger;
    const outcome = await service.insist<{
      sendMessage: { message: { id: string; seq: number } };
    }>(
      `mutation ($input: SendMessageInput!) {
        sendMessage(input: $input) { message { id seq } }
      }`,
      { input: { conversationId, clientId, body: `by ${service.userId}` } },
    );
    if ("refused" in outcome) this.wrong.push(`a send was ${outcome.refused}`);
    else
      ledger.addMessage(clientId, {
        ...outcome.data.sendMessage.message,
        senderId: service.userId,
      });
  }

  private async mark(
    service: Service,
    ledger: Ledger,
    { id, seq }: { id: string; seq: number },
    isRead: boolean,
    upTo = false,
  ): Promise<void> {
    const kind = isRead ? "READ" : "DELIVERED";
    const field = `${upTo ? "bulkMark" : "mark"}${isRead ? "Read" : "Delivered"}`;
    const input = upTo
      ? { conversationId: ledger.conversationId, upToMessageId: id }
      : { messageId: id };
    const type = field.charAt(0).toUpperCase() + field.slice(1);
    const outcome = await service.insist(
      `mutation ($input: ${type}Input!) { ${field}(input: $input) { changed } }`,
      { input },
    );
    if ("data" in outcome)
      ledger.addMark({
        ...{ userId: service.userId, seq, messageId: id, kind, upTo },
      });
    else if (outcome.refused !== "NOT_FOUND" || !ledger.forget(id))
      this.wrong.push(`a mark of ${seq} was ${outcome.refused}`);
  }

  private async look(service: Service, id: string): Promise<void> {
    const outcome = await service.insist(
      `query ($id: ID!) {
        viewer { unreadCount }
        conversation(id: $id) { unreadCount lastMessage { id status { summaryText } } }
      }`,
      { id },
    );
    if ("refused" in outcome) this.wrong.push(`a query was ${outcome.refused}`);
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
        statusChanges(after: $after, conversationId: $id, first: 2) {
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
