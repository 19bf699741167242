import { buildSchema } from "graphql";
import type { GraphQLObjectType } from "graphql";
import { readFileSync } from "node:fs";
import { Chat, type Message } from "../support/chat.js";
import type { Events, TestServer } from "../support/server.js";
import { flag, mute } from "../support/unread.js";
import { everyField } from "./selections.js";
import { statementsOf } from "./statements.js";

/** Those who look on: the sender, a reader, one who hides their own reads, one who came late, and the back end. */
export const onlookers = ["alice", "carol", "erin", "dave", "service"] as const;
type Onlooker = (typeof onlookers)[number];

/** What an onlooker was told by one question, and what the database was asked for it. */
interface Look {
  readonly asked: string;
  readonly told: unknown;
  /** By name: how many users or participants one statement reads is a matter of what comes at the same moment. */
  readonly statements: readonly string[];
}

/** A subscription, and how many conversations it tells of at its beginning. */
interface Followed {
  readonly conversations: number;
  readonly events: Events<Record<string, unknown>>;
}

const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
const all = (type: string, ...without: string[]) =>
  everyField(schema.getType(type) as GraphQLObjectType, without);
const change = all(
  "MessageStatusChange",
  ...["Conversation.participants", "Conversation.messages"],
  ...["Conversation.lastMessage", "Conversation.firstUnread"],
);

/** The marks of which nobody else is told: each world has one of these reasons for it. */
export const silences = [
  /** Bob hides what he reads; everything was delivered to him before (R20). */
  "a hidden read",
  /** Bob is an observer (R39). */
  "an observer's mark",
  /** All messages are under OFF (R42). */
  "a mark under OFF",
  /** All messages are under COUNTS, and have one recipient (R43). */
  "a mark whose count would be a name",
] as const;
export type Silence = (typeof silences)[number];

/** A world with two conversations. Whether Bob marks is all that two worlds differ in. */
export class TwoConversations {
  readonly chat: Chat;
  private readonly server: TestServer;
  private readonly silence: Silence;
  private ids: readonly [string, string] = ["", ""];
  private messages: Message[] = [];
  /** Before anything was sent, and after all that shows. */
  private cursors: readonly [string, string] = ["", ""];

  constructor(server: TestServer, silence: Silence) {
    this.server = server;
    this.silence = silence;
    this.chat = new Chat(server);
  }

  async build(): Promise<this> {
    const { chat, silence } = this;
    const first = await this.begin();
    const begun = await chat.cursor("alice");
    await chat.hideReads("erin");
    if (silence === "a hidden read") await chat.hideReads("bob");
    const early = await chat.sayMany("alice", 2);
    await this.addDave();
    const late = await chat.say("alice");
    if (silence === "a hidden read") await chat.receiveUpTo("bob", late);
    await this.blankOne();
    await chat.read("carol", late);
    const second = await this.begin();
    await this.addDave();
    const other = await chat.say("alice");
    await this.blankOne();
    if (silence === "a hidden read") await chat.receive("bob", other);
    this.ids = [first, second];
    this.messages = [...early, late, other];
    this.cursors = [begun, await chat.cursor("alice")];
    for (const name of onlookers) await this.ask(name, "{ viewer { id } }");
    return this;
  }

  /** A conversation of Alice, Bob, Carol and Erin. */
  private begin(): Promise<string> {
    const { chat } = this;
    switch (this.silence) {
      case "a hidden read":
        return chat.conversation("alice", "bob", "carol", "erin");
      case "an observer's mark":
        return chat.conversationWith(["alice", "carol", "erin"], {
          observers: ["bob"],
        });
      case "a mark under OFF":
        return chat.conversationWith(["alice", "bob", "carol", "erin"], {
          receiptPolicy: "OFF",
        });
      case "a mark whose count would be a name":
        return chat.conversationWith(["alice", "bob"], {
          ...{ observers: ["carol", "erin"], receiptPolicy: "COUNTS" },
        });
    }
  }

  /** Everybody is told of a deletion, whatever they are told of receipts. */
  private async blankOne(): Promise<void> {
    await this.chat.delete("alice", await this.chat.say("alice"));
  }

  private async addDave(): Promise<void> {
    await this.chat.add("alice", "dave");
    if (this.silence === "a mark whose count would be a name")
      await this.chat.setParticipation("alice", "dave", "OBSERVER");
  }

  /**
   * Bob marks, in every way that there is, and the conversation that was the older one last. Then he mutes it, marks
   * it as unread (R31), and reads it again.
   */
  async mark(): Promise<void> {
    const [one, two, three, other] = this.messages as [
      ...[Message, Message, Message, Message],
    ];
    const { chat } = this;
    chat.conversationId = this.ids[1];
    await chat.read("bob", other);
    chat.conversationId = this.ids[0];
    await chat.receive("bob", one);
    await chat.receiveUpTo("bob", two);
    await chat.read("bob", two);
    await chat.readUpTo("bob", three);
    await chat.get(
      "bob",
      `mutation ($id: ID!) {
        syncReceipts(input: { receipts: [{ messageId: $id, kind: READ }] }) { results { error } }
      }`,
      { id: one.id },
    );
    await mute(chat, "bob", "9999-12-31T00:00:00Z");
    await flag(chat, "bob", two);
    await flag(chat, "bob");
    await chat.readUpTo("bob", three);
  }

  /** Everything that an onlooker can ask. */
  async lookOf(name: Onlooker): Promise<Look[]> {
    const looks: Look[] = [];
    const look = async (
      asked: string,
      query: string,
      variables: Record<string, unknown> = {},
    ) => {
      const { answer, statements } = await statementsOf(
        this.server.metricsUrl,
        () => this.ask(name, query, variables),
      );
      const names = Object.keys(statements).map((name) =>
        name.replace("_one ", " "),
      );
      looks.push({
        asked,
        told: this.plain(answer),
        // Whether a cursor is newer than the node's last sweep is a matter of when that was.
        statements: [...new Set(names)]
          .filter((name) => !name.startsWith("snapshot_now"))
          .sort(),
      });
      return answer;
    };
    await look("viewer", `{ viewer { ${all("User")} } }`);
    // The back end's list has those of both worlds.
    if (name !== "service")
      await look(
        "conversations",
        `{ conversations(first: 5) { ${all("ConversationConnection", "Conversation.messages", "Conversation.participants")} } }`,
      );
    for (const id of this.ids)
      await look(
        "conversation",
        `query ($id: ID!) { conversation(id: $id) { ${all("Conversation")} } }`,
        { id },
      );
    for (const { id } of this.messages)
      for (const state of ["PENDING", "DELIVERED", "READ"])
        await look(
          `message, its ${state}`,
          `query ($id: ID!, $state: RecipientState) { message(id: $id) {
            ${all("Message", "Message.conversation")}
            inState: status { recipients(state: $state) { totalCount pageInfo { hasNextPage } nodes { id } } }
          } }`,
          { id, state },
        );
    for (const after of this.cursors)
      for (const id of [...this.ids, null])
        for (const first of [0, 1, 5])
          await this.changes(look, after, id, first);
    return looks;
  }

  /** All pages of changes. */
  private async changes(
    look: (
      asked: string,
      query: string,
      variables: Record<string, unknown>,
    ) => Promise<{ data: Record<string, unknown> | null }>,
    after: string,
    id: string | null,
    first: number,
  ): Promise<void> {
    for (let place = after, page = 1; page <= 4; page++) {
      const { data } = await look(
        `page ${String(page)} of ${String(first)} of changes in ${id ? "one" : "all"}`,
        `query ($after: Cursor!, $id: ID, $first: Int!) {
          statusChanges(after: $after, conversationId: $id, first: $first) {
            nodes { ${change} } endCursor hasNextPage
          }
        }`,
        { after: place, id, first },
      );
      const shown = data?.["statusChanges"] as
        { endCursor: string; hasNextPage: boolean } | null | undefined;
      if (!shown?.hasNextPage || first === 0) return;
      place = shown.endCursor;
    }
  }

  /** An onlooker follows one conversation, and all of them, from before everything. */
  follow(name: Onlooker): Followed[] {
    const isService = name === "service";
    const socket = this.server.connect(this.chat.id(name), { isService });
    const [after] = this.cursors;
    const [id] = this.ids;
    const one = {
      conversations: 1,
      events: socket.subscribe<Record<string, unknown>>(
        `subscription ($id: ID, $after: Cursor) { messageStatusChanged(conversationId: $id, after: $after) { ${change} } }`,
        { id, after },
      ),
    };
    if (isService) return [one];
    const every = {
      conversations: 2,
      events: socket.subscribe<Record<string, unknown>>(
        `subscription ($after: Cursor) { messageStatusChanged(after: $after) { ${change} } }`,
        { after },
      ),
    };
    return [one, every];
  }

  /** An answer without what is other in another world: ids, times, and the texts of cursors but for their length. */
  plain(answer: unknown): unknown {
    const text = JSON.stringify(answer, (key, value: unknown) => {
      if (typeof value !== "string") return value;
      if (/^[\w-]{100,}$/.test(value)) return `sealed, ${value.length} long`;
      if (/^[\w-]{36,99}$/.test(value)) return "an id";
      if (key !== "clientId" && /^\d{4}-\d\d-\d\dT/.test(value))
        return "a time";
      return this.chat.nameOf(value);
    });
    return JSON.parse(text) as unknown;
  }

  async ask(
    name: Onlooker,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<{ data: Record<string, unknown> | null; errors?: unknown }> {
    return name === "service"
      ? this.chat.askAsService(query, variables)
      : this.chat.ask(name, query, variables);
  }
}
