import type { Kind, StatusEvent } from "../peers/sequelize/receipts.js";
import { openSocketIo } from "../peers/sequelize/client.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { bearer } from "../support/tokens.js";

/** A participant's connection. */
export interface StormClient {
  /** @throws where the answer has an error */
  mark(messageId: string | number, kind: Kind): Promise<void>;
  /** Calls at every event of the conversation, and says whether all have read a message. */
  watch(
    conversationId: string,
    onEvent: (isReadByAll: boolean) => void,
  ): Promise<void>;
  close(): void;
}

/** Connects a participant. */
export type OpenClient = (host: string, userId: string) => Promise<StormClient>;

interface Operations {
  readonly mark: Readonly<Record<Kind, string>>;
  readonly watch: string;
}

const acked: Operations = {
  mark: {
    delivered: `mutation ($id: ID!) { markDelivered(input: { messageId: $id }) { changed } }`,
    read: `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`,
  },
  watch: `subscription ($id: ID!) {
    messageStatusChanged(conversationId: $id) {
      cursor messageCount
      messages { id seq status { id totalRecipients deliveredCount readCount summaryText } } } }`,
};

const drizzle: Operations = {
  mark: {
    delivered: `mutation ($id: Int!) { mark(messageId: $id, kind: DELIVERED) { id } }`,
    read: `mutation ($id: Int!) { mark(messageId: $id, kind: READ) { id } }`,
  },
  watch: `subscription ($id: ID!) {
    statusChanged(conversationId: $id) {
      userId kind status { id totalRecipients deliveredCount readCount summaryText } } }`,
};

function openGraphql(operations: Operations): OpenClient {
  return async (host, userId) => {
    const socket = await GraphqlSocket.open(host, await bearer(userId));
    return {
      async mark(messageId, kind) {
        const variables = JSON.stringify({ id: messageId });
        await socket.execute(operations.mark[kind], variables);
      },
      async watch(conversationId, onEvent) {
        const variables = JSON.stringify({ id: conversationId });
        socket.listen(operations.watch, variables, (event) =>
          onEvent(event.includes('"summaryText":"Read by all"')),
        );
        // The server begins operations in order: once this query is answered, the subscription has begun.
        await socket.execute("{ __typename }", "{}");
      },
      close: () => socket.close(),
    };
  };
}

/** The client for each server. */
export const openClient: Readonly<
  Record<"acked" | "sequelize" | "drizzle", OpenClient>
> = {
  acked: openGraphql(acked),
  drizzle: openGraphql(drizzle),
  sequelize: async (host, userId) => {
    const socket = await openSocketIo(host, await bearer(userId));
    return {
      async mark(messageId, kind) {
        const answer: unknown = await socket.emitWithAck(
          "mark",
          messageId,
          kind,
        );
        if (answer === null) throw new Error("the mark was refused");
      },
      async watch(conversationId, onEvent) {
        socket.on("status", (event: StatusEvent) =>
          onEvent(event.readCount === event.totalRecipients),
        );
        await socket.emitWithAck("join", conversationId);
      },
      close: () => void socket.close(),
    };
  },
};
