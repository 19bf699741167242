import { EventEmitter, on } from "node:events";
import { buildSchema, GraphQLError } from "graphql";
import { withResolvers } from "../../../src/graphql/with-resolvers.js";
import type { Queries } from "./queries.js";

/** The viewer of an operation. */
export interface Context {
  readonly userId: string;
}

interface Status {
  readonly id: number;
  readonly totalRecipients: number;
  readonly deliveredCount: number;
  readonly readCount: number;
}

const typeDefs = `
  enum ReceiptKind { DELIVERED READ }
  enum OverallStatus { SENT PARTIAL DELIVERED READ }
  type Query { me: ID! }
  type Mutation {
    mark(messageId: Int!, kind: ReceiptKind!): MessageStatus!
    markUpTo(conversationId: ID!, messageId: Int!): Boolean!
  }
  type Subscription { statusChanged(conversationId: ID!): StatusChange! }
  type StatusChange { userId: ID! kind: ReceiptKind! status: MessageStatus! }
  type MessageStatus {
    id: Int!
    overallStatus: OverallStatus!
    totalRecipients: Int!
    deliveredCount: Int!
    readCount: Int!
    summaryText: String!
  }`;

function overallStatus(status: Status): string {
  const { totalRecipients, deliveredCount, readCount } = status;
  if (readCount === totalRecipients) return "READ";
  if (deliveredCount === totalRecipients) return "DELIVERED";
  return deliveredCount > 0 ? "PARTIAL" : "SENT";
}

/** The peer's schema. Events go through an emitter in the process, by conversation. */
export function createSchema(queries: Queries) {
  const events = new EventEmitter();
  events.setMaxListeners(0);

  const statusOf = async (
    id: number,
    conversationId: string,
  ): Promise<Status> => {
    const counts = await queries.counts(id, conversationId);
    if (!counts) throw new GraphQLError("No such message.");
    return { id, ...counts };
  };

  return withResolvers(buildSchema(typeDefs), {
    Mutation: {
      async mark(
        _: unknown,
        { messageId, kind }: { messageId: number; kind: string },
        { userId }: Context,
      ) {
        const message = await queries.message(messageId, userId);
        if (!message) throw new GraphQLError("No such message.");
        await queries.upsert(messageId, userId, kind === "READ");
        const { conversationId } = message;
        const status = await statusOf(messageId, conversationId);
        events.emit(conversationId, { userId, kind, status });
        return status;
      },
      async markUpTo(
        _: unknown,
        {
          conversationId,
          messageId,
        }: { conversationId: string; messageId: number },
        { userId }: Context,
      ) {
        if (!(await queries.isParticipant(conversationId, userId)))
          throw new GraphQLError("No such conversation.");
        await queries.upsertUpTo(conversationId, userId, messageId);
        const status = await statusOf(messageId, conversationId);
        events.emit(conversationId, { userId, kind: "READ", status });
        return true;
      },
    },
    Subscription: {
      statusChanged: {
        async *subscribe(
          _: unknown,
          { conversationId }: { conversationId: string },
          { userId }: Context,
        ) {
          if (!(await queries.isParticipant(conversationId, userId)))
            throw new GraphQLError("No such conversation.");
          const changes: AsyncIterable<readonly unknown[]> = on(
            events,
            conversationId,
          );
          for await (const [statusChanged] of changes) yield { statusChanged };
        },
      },
    },
    MessageStatus: {
      overallStatus,
      summaryText: (status: Status) =>
        status.readCount === status.totalRecipients
          ? "Read by all"
          : `Read by ${status.readCount} of ${status.totalRecipients}`,
    },
  });
}
