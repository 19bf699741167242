import js from "@eslint/js";
import graphql from "@graphql-eslint/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const [, conventions] =
  graphql.configs["flat/schema-recommended"].rules[
    "@graphql-eslint/naming-convention"
  ];

export default defineConfig(
  globalIgnores([
    "**/dist/",
    "coverage/",
    ".acked/",
    ".ci/artefacts/",
    "**/generated/",
  ]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        ["console", "fetch", "process", "URL"].map((name) => [
          name,
          "readonly",
        ]),
      ),
    },
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // `() => socket.close()` is how a call is handed on.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true },
      ],
      // A Drizzle transaction is used where a pool is expected: that is what `Db` means.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // A type argument says what comes back from the database or the wire.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // `[...text]` takes a text apart by code points, which is what its limits count.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      // A kind that is added must be decided on in each place that decides on kinds.
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        {
          considerDefaultExhaustiveForUnions: true,
          requireDefaultForNonUnion: true,
        },
      ],
      // A leading underscore says that the name is there for its type or place.
      "@typescript-eslint/no-unused-vars": [
        "error",
        {
          argsIgnorePattern: "^_",
          varsIgnorePattern: "^_",
          destructuredArrayIgnorePattern: "^_",
        },
      ],
      // It asks for `!`, which the strict rules forbid.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // `async` is also how a function that may throw is made to reject.
      "@typescript-eslint/require-await": "off",
      // Numbers, booleans and sets read as themselves; null and undefined do not.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        {
          allowNumber: true,
          allowBoolean: true,
          allowAny: false,
          allowNullish: false,
          allowRegExp: false,
          allow: [
            { from: "file", name: "SeqSet" },
            { from: "lib", name: ["URL", "Error"] },
          ],
        },
      ],
      // Services are closures: their methods are handed around without an object.
      "@typescript-eslint/unbound-method": "off",
      "no-restricted-exports": [
        "error",
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },
  {
    // Tools read their configuration from a default export.
    files: ["**/*.config.ts", "codegen.ts", "test/support/global-setup.ts"],
    rules: { "no-restricted-exports": "off" },
  },
  {
    // What is read together fits on a screen or two. Which imports which: .dependency-cruiser.mjs.
    files: [
      "src/**/*.ts",
      "packages/*/src/**/*.{ts,tsx}",
      "demo/**/*.{ts,tsx}",
      "bench/**/*.ts",
    ],
    rules: {
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", 90],
    },
  },
  {
    files: ["schema/*.graphql"],
    extends: [graphql.configs["flat/schema-recommended"]],
    plugins: { "@graphql-eslint": graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: "schema/*.graphql" } },
    },
    rules: {
      // One sentence is in quotes, several are in a block.
      "@graphql-eslint/description-style": "off",
      // What its name says in full needs no description.
      "@graphql-eslint/require-description": [
        "error",
        { DirectiveDefinition: true, ScalarTypeDefinition: true },
      ],
      // Relay has given `@fetchable` and its root fields their names.
      "@graphql-eslint/naming-convention": [
        "error",
        {
          ...conventions,
          FieldDefinition: { style: "camelCase", ignorePattern: "^fetch__" },
          InputValueDefinition: {
            style: "camelCase",
            ignorePattern: "^field_name$",
          },
          Argument: { style: "camelCase", ignorePattern: "^field_name$" },
        },
      ],
      // Answers, pages and events are values: a cache keeps no entry of its own for them.
      "@graphql-eslint/strict-id-in-types": [
        "error",
        {
          exceptions: {
            suffixes: ["Payload", "Connection", "Edge", "Page"],
            types: [
              ...["PageInfo", "MessageAdded", "MessageStatusChange"],
              ...["Receipt", "ReceiptResult"],
            ],
          },
        },
      ],
    },
  },
);
