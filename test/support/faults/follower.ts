import type { Client } from "graphql-ws";
import { follow, type Following } from "../../../packages/client/src/follow.js";
import { createSeal } from "../../../src/foundation/seal.js";
import { createStreamCursors } from "../../../src/stream/cursor.js";
import type { History, Stream, Told } from "../history/history.js";
import { testSecret } from "../server.js";
import type { Service } from "./service.js";
import {
  applyReceipts,
  countFields,
  emptyState,
  readCursor,
  readState,
  receiptFields,
  replace,
  textOf,
  type Counts,
  type Receipt,
  type State,
} from "./state.js";

/** A cursor that a client has kept, and what it knew of the conversations then. */
export interface KeptCursor {
  readonly cursor: string;
  /** Null for a cursor of all conversations of the user. */
  readonly conversationId: string | null;
  readonly conversationIds: readonly string[];
  readonly receipts: State["receipts"];
  /** Where it came from, and when. */
  readonly label: string;
}

interface StatusEvent {
  readonly messageStatusChanged: {
    readonly cursor: string;
    readonly reset: boolean;
    readonly conversation: { readonly id: string };
    readonly receipts: readonly Receipt[];
    readonly messages: readonly {
      readonly seq: number;
      readonly status: Counts;
    }[];
  };
}

interface MessageEvent {
  readonly messageAdded: {
    readonly cursor: string;
    readonly message: {
      readonly id: string;
      readonly clientId: string;
      readonly seq: number;
      readonly sender: { readonly id: string };
      readonly conversation: { readonly id: string };
    };
  };
}

const statusDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor reset conversation { id }
    receipts { ${receiptFields} }
    messages(last: 100) { seq status { ${countFields} } }
  }
}`;
const messageDocument = `subscription ($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) {
    cursor message { id clientId seq sender { id } conversation { id } }
  }
}`;

const cursors = createStreamCursors(createSeal(testSecret));

/** The version of a conversation that a cursor stands at; null where it was read from another one. */
function versionAt(cursor: string, conversationId: string): number | null {
  const { origin } = cursors.decode(cursor);
  return origin?.conversationId === conversationId ? origin.version : null;
}

/** Lost subscriptions are tried again soon: a fault lasts for moments here. */
const backOff = { firstMs: 50, longestMs: 500 };

/** A client that follows one of its conversations, or all of them, and knows what it was told. */
export class Follower {
  readonly state = emptyState();
  readonly kept: KeptCursor[] = [];
  /** How often it was told to read anew. */
  resets = 0;
  /** What must not happen, in words. */
  readonly wrong: string[] = [];
  private followings: Following[] = [];
  /** Events are taken one after the other, also while the state is read anew. */
  private work: Promise<void> = Promise.resolve();
  private wanted: string | null = null;
  private readonly record: Stream;

  readonly service: Service;
  /** Null where it follows all. */
  readonly conversationId: string | null;
  readonly conversationIds: readonly string[];

  constructor(
    service: Service,
    conversationId: string | null,
    conversationIds: readonly string[],
    history: History,
  ) {
    const what = conversationId === null ? "all" : "one";
    this.record = {
      name: `${service.userId}, following ${what}`,
      conversationIds,
      told: [],
    };
    history.streams.push(this.record);
    this.service = service;
    this.conversationId = conversationId;
    this.conversationIds = conversationIds;
  }

  /** Reads the state, and follows from there. */
  async begin(): Promise<void> {
    const after = await this.readAnew();
    const source = (stream: "status" | "messages") =>
      ({ client: this.noting(stream), backOff }) as const;
    const variables = { id: this.conversationId, after };
    const onEnd = (failure: unknown) =>
      void this.wrong.push(`a subscription ended: ${JSON.stringify(failure)}`);
    this.followings = [
      follow<StatusEvent>({
        ...source("status"),
        query: statusDocument,
        variables,
        onData: (event) => this.inTurn(() => this.takeStatus(event)),
        onEnd,
      }),
      follow<MessageEvent>({
        ...source("messages"),
        query: messageDocument,
        variables,
        onData: (event) => this.inTurn(() => this.takeMessage(event)),
        onCursorRefused: () =>
          new Promise((resolve) => {
            this.inTurn(async () => {
              this.resets++;
              resolve(await this.readAnew());
            });
          }),
        onEnd,
      }),
    ];
  }

  /** Keeps the cursor of the next event, and with `byQuery` one that is read now with the state. */
  async keep(label: string, byQuery: boolean): Promise<void> {
    this.wanted = label;
    if (!byQuery) return;
    const { conversationId, conversationIds, service } = this;
    const [first = ""] = conversationIds;
    const cursor = await readCursor(service, conversationId ?? first);
    const receipts: State["receipts"] = new Map();
    for (const id of conversationIds)
      for (const [key, times] of (await readState(service, id)).receipts)
        receipts.set(key, times);
    const at = `${label}, by a query`;
    this.kept.push({
      ...{ cursor, conversationId, conversationIds, receipts },
      label: at,
    });
  }

  stop(): void {
    for (const following of this.followings) following.stop();
  }

  /** All that was told until now was taken. */
  settled(): Promise<void> {
    return this.work;
  }

  private inTurn(task: () => Promise<void> | void): void {
    this.work = this.work.then(task).catch((error: unknown) => {
      this.wrong.push(String(error));
    });
  }

  /** @returns a cursor that is not newer than what was read */
  private async readAnew(): Promise<string> {
    const [first = ""] = this.conversationIds;
    const cursor = await readCursor(this.service, first);
    for (const id of this.conversationIds) {
      const state = await readState(this.service, id);
      replace(this.state, id, state);
      this.note({ kind: "read", conversationId: id, state });
    }
    return cursor;
  }

  private note(told: Told): void {
    this.record.told.push(told);
  }

  /** The socket, which notes when a subscription begins, in turn with the events. */
  private noting(stream: "status" | "messages"): Pick<Client, "subscribe"> {
    const { socket } = this.service;
    return {
      subscribe: (payload, sink) => {
        this.inTurn(() => this.note({ kind: "opened", stream }));
        return socket.subscribe(payload, sink);
      },
    };
  }

  private async takeStatus({
    messageStatusChanged: change,
  }: StatusEvent): Promise<void> {
    const { cursor, reset, conversation, receipts, messages } = change;
    if (reset) {
      this.resets++;
      await this.readAnew();
    }
    this.note({
      kind: "status",
      atMs: performance.now(),
      conversationId: conversation.id,
      version: versionAt(cursor, conversation.id),
      receipts,
      statuses: messages.map(({ seq, status }) => ({ seq, ...status })),
    });
    applyReceipts(this.state.receipts, conversation.id, receipts);
    for (const { seq, status } of messages)
      this.state.statuses.set(`${conversation.id} ${seq}`, textOf(status));
    if (this.wanted === null) return;
    const { conversationId, conversationIds } = this;
    this.kept.push({
      ...{ cursor, conversationId, conversationIds },
      receipts: new Map(this.state.receipts),
      label: `${this.wanted}, of an event`,
    });
    this.wanted = null;
  }

  private takeMessage({ messageAdded: { message } }: MessageEvent): void {
    const { id, clientId, seq, sender, conversation } = message;
    const stored = { id, clientId, senderId: sender.id };
    const conversationId = conversation.id;
    this.note({ kind: "message", conversationId, seq, ...stored });
    this.state.messages.set(`${conversationId} ${seq}`, stored);
  }
}
