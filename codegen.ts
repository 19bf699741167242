import type { CodegenConfig } from "@graphql-codegen/cli";

/** What clients get for our scalars, and give. */
const scalars = {
  ID: { input: "string", output: "string" },
  DateTime: { input: "string", output: "string" },
  Cursor: { input: "string", output: "string" },
};

/**
 * Resolver types from the schema, each GraphQL type mapped to the row or model its resolvers start
 * from; the operations that clients import as `acked/operations`; the whole schema in one file.
 */
const config: CodegenConfig = {
  schema: "schema/*.graphql",
  hooks: { afterAllFileWrite: "prettier --write" },
  generates: {
    "src/graphql/generated/resolvers.ts": {
      plugins: ["typescript", "typescript-resolvers"],
      config: {
        useTypeImports: true,
        importExtension: ".js",
        emitLegacyCommonJSImports: false,
        enumsAsTypes: true,
        immutableTypes: true,
        useIndexSignature: true,
        avoidOptionals: { field: true, object: true },
        inputMaybeValue: "T | null | undefined",
        contextType: "../context.js#Context",
        scalars,
        mappers: {
          User: "../../domain/users/user.js#UserModel",
          Conversation:
            "../../domain/conversations/conversation.js#ConversationModel",
          Participant:
            "../../domain/conversations/participant.js#ParticipantModel",
          Message: "../../domain/messages/message.js#MessageModel",
          MessageStatus: "../../domain/receipts/status.js#StatusModel",
          RecipientStatus: "../../domain/receipts/status.js#RecipientModel",
          Receipt: "../../stream/visible-change.js#ReceiptModel",
          MessageStatusChange: "../../stream/visible-change.js#ChangeModel",
          MessageAdded: "../../domain/messages/message.js#MessageAddedModel",
        },
      },
    },
    "src/client/generated/operations.ts": {
      documents: "src/client/operations/*.graphql",
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        onlyOperationTypes: true,
        skipTypename: true,
        inputMaybeValue: "T | null | undefined",
        scalars,
      },
    },
    "schema.graphql": {
      plugins: ["schema-ast"],
      config: { includeDirectives: true },
    },
  },
};

export default config;
