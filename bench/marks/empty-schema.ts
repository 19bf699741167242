import { readFileSync, readdirSync } from "node:fs";
import { buildSchema, type GraphQLSchema } from "graphql";
import { withResolvers } from "../../src/graphql/with-resolvers.js";
import { seededMessageId } from "../support/acked-chats.js";

const folder = new URL("../../schema/", import.meta.url);

/** Acked's schema, where `markRead` answers a constant at once. */
export function createEmptySchema(): GraphQLSchema {
  const typeDefs = readdirSync(folder)
    .filter((name) => name.endsWith(".graphql"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");
  const id = seededMessageId({ conversationId: "conversation-7", seq: 500 });
  const status = {
    id,
    overallStatus: "PARTIAL",
    totalRecipients: 10,
    deliveredCount: 7,
    readCount: 7,
    summaryText: "Read by 7 of 10",
  };
  const payload = {
    changed: true,
    // As long as a real cursor.
    cursor: Buffer.alloc(172).toString("base64url"),
    message: { id, seq: 500, status },
  };
  return withResolvers(buildSchema(typeDefs), {
    Mutation: { markRead: () => payload },
  });
}
