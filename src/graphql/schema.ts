import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSchema, type GraphQLSchema } from "graphql";
import type { Resolvers } from "./generated/resolvers.js";
import { Conversation, Participant } from "./resolvers/conversations.js";
import {
  Message,
  MessageAdded,
  MessageStatus,
  RecipientStatus,
} from "./resolvers/messages.js";
import { Mutation } from "./resolvers/mutation.js";
import { Query } from "./resolvers/query.js";
import { MessageStatusChange, Receipt } from "./resolvers/receipts.js";
import { User } from "./resolvers/users.js";
import { cursor, dateTime } from "./scalars.js";
import { withResolvers } from "./with-resolvers.js";

const schemaFolder = fileURLToPath(new URL("../../schema", import.meta.url));

/** Resolvers of every field that is no plain property. `stream-operation.ts` executes subscriptions. */
const resolvers = {
  Query,
  Mutation,
  User,
  Conversation,
  Participant,
  Message,
  MessageAdded,
  MessageStatus,
  RecipientStatus,
  Receipt,
  MessageStatusChange,
  Cursor: cursor,
  DateTime: dateTime,
} satisfies Resolvers;

/** Reads the API in schema definition language: the files of `schema/`. */
function readTypeDefs(): string {
  return readdirSync(schemaFolder)
    .filter((name) => name.endsWith(".graphql"))
    .map((name) => readFileSync(`${schemaFolder}/${name}`, "utf8"))
    .join("\n");
}

/** Makes the executable schema. */
export function createSchema(): GraphQLSchema {
  return withResolvers(buildSchema(readTypeDefs()), resolvers);
}
