import type { CodegenConfig } from "@graphql-codegen/cli";

/** Resolver types from the schema; each GraphQL type is mapped to the row or model its resolvers start from. */
const config: CodegenConfig = {
  schema: "schema/*.graphql",
  generates: {
    "src/generated/resolvers.ts": {
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
        contextType: "../graphql/context.js#Context",
        scalars: {
          ID: { input: "string", output: "string" },
          DateTime: { input: "string", output: "string" },
          Cursor: { input: "string", output: "string" },
        },
        mappers: {
          User: "../users/user.js#UserModel",
          Conversation: "../conversations/conversation.js#ConversationModel",
          Participant: "../conversations/participant.js#ParticipantModel",
          Message: "../messages/message.js#MessageModel",
          MessageStatus: "../receipts/status.js#StatusModel",
          RecipientStatus: "../receipts/status.js#RecipientModel",
          Receipt: "../receipts/change.js#ReceiptModel",
          MessageStatusChange: "../receipts/change.js#ChangeModel",
          MessageAdded: "../messages/message.js#MessageAddedModel",
        },
      },
    },
  },
};

export default config;
