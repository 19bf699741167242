import type { CodegenConfig } from "@graphql-codegen/cli";

/** What clients get for our scalars, and give. */
const scalars = {
  ID: { input: "string", output: "string" },
  DateTime: { input: "string", output: "string" },
  Cursor: { input: "string", output: "string" },
};

/**
 * Resolver types from the schema, each GraphQL type mapped to the row or model its resolvers start
 * from; the operations that clients import as `@acked/client/operations`, and their manifest for
 * TRUSTED_DOCUMENTS; the whole schema in one file.
 */
const config: CodegenConfig = {
  schema: "schema/*.graphql",
  hooks: {
    // The generator hands types of the domain on as values, which `verbatimModuleSyntax` refuses.
    beforeOneFileWrite: (_path: string, content: string) =>
      content.replaceAll(/^export \{ (\w+) \};$/gm, "export type { $1 };"),
    afterAllFileWrite: "prettier --write",
  },
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
        enumValues: {
          ReceiptKind: "../../domain/receipts/receipt.js#ReceiptKind",
          RecipientState: "../../domain/receipts/receipt.js#RecipientState",
          OverallStatus: "../../domain/receipts/receipt.js#OverallStatus",
          ParticipantRole:
            "../../domain/conversations/participant.js#ParticipantRole",
        },
        mappers: {
          User: "../models.js#UserModel",
          Conversation: "../models.js#ConversationModel",
          Participant: "../models.js#ParticipantModel",
          Message: "../models.js#MessageModel",
          MessageStatus: "../models.js#StatusModel",
          MessageAdded: "../models.js#MessageAddedModel",
          RecipientStatus: "../../domain/receipts/status.js#RecipientRow",
          Receipt: "../../stream/visible-change.js#SeenReceipt",
          MessageStatusChange: "../../stream/visible-change.js#SeenChange",
        },
      },
    },
    "packages/client/src/generated/operations.ts": {
      documents: "packages/client/operations/*.graphql",
      plugins: [
        "typescript",
        "typescript-operations",
        "./.ci/typed-documents.mjs",
      ],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        onlyOperationTypes: true,
        skipTypename: true,
        inputMaybeValue: "T | null | undefined",
        scalars,
      },
    },
    "trusted-documents.json": {
      documents: "packages/client/operations/*.graphql",
      plugins: ["./.ci/trusted-documents.mjs"],
    },
    "schema.graphql": {
      plugins: ["schema-ast"],
      config: { includeDirectives: true },
    },
  },
};

export default config;
