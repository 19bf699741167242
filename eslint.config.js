import { readdirSync } from "node:fs";
import js from "@eslint/js";
import graphql from "@graphql-eslint/eslint-plugin";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const leaves = ["errors", "text", "sets", "batching"];
const domain = ["users", "conversations", "messages", "receipts", "events"];
const service = [...domain, ...leaves, "auth", "db/connect", "db/failure"];

/**
 * The way of a request is one line: transport → graphql → services → queries → db. For each folder
 * of `src`, and each file directly in it: what it may import beside itself. A path with a slash is
 * one file. What is not listed here may import nothing else of `src`.
 */
const mayImport = {
  text: ["errors"],
  batching: ["errors"],
  db: ["sets"],
  auth: ["users", "text", "errors"],
  users: service,
  conversations: service,
  messages: [...service, "generated/resolvers"],
  receipts: [...service, "generated/resolvers"],
  events: service,
  services: [...domain, "db/connect"],
  graphql: [
    ...domain,
    ...leaves,
    "auth",
    "services",
    "db/failure",
    "generated",
  ],
  transport: [
    "graphql",
    "explorer",
    "demo/demo-page",
    "services",
    "events",
    "auth",
    "errors",
  ],
  explorer: ["messages/message-id"],
  config: ["auth"],
  "data-dir": ["config"],
  metrics: domain,
};

/** These put the rest together, and may import all of it. */
const composition = ["main", "server", "cli", "demo"];

/** Every folder of `src`, and every file directly in it: its name, and how its imports begin. */
const parts = readdirSync(new URL("src", import.meta.url), {
  withFileTypes: true,
}).map((entry) =>
  entry.isDirectory()
    ? { name: entry.name, files: `src/${entry.name}/**`, up: "(\\.\\./)+" }
    : {
        name: entry.name.replace(/\.ts$/, ""),
        files: `src/${entry.name}`,
        up: "\\./",
      },
);

/** Keeps files of a part of `src` to what the part may import. */
function importDirection({ name, files, up }, extra = []) {
  const allowed = [name, ...(mayImport[name] ?? []), ...extra];
  const forbidden = parts
    .map((part) => part.name)
    .filter((other) => !allowed.includes(other));
  const exceptions = allowed
    .filter((path) => path.includes("/"))
    .map((path) => `(?!${path}\\.js$)`);
  const patterns = [
    {
      regex: `^${up}${exceptions.join("")}(${forbidden.join("|")})(/|\\.js$)`,
      message: `src/${name} may not import this: eslint.config.js says what it may.`,
    },
  ];
  if (!allowed.includes("db"))
    patterns.push({
      regex: "^(drizzle-orm|postgres)(/|$)",
      message: "SQL is written in *-queries.ts and src/db.",
    });
  return {
    files: [files],
    rules: {
      "@typescript-eslint/no-restricted-imports": ["error", { patterns }],
    },
  };
}

const directions = parts
  .filter(({ name }) => !composition.includes(name))
  .flatMap((part) => {
    const files = `src/${part.name}/*-queries.ts`;
    return domain.includes(part.name)
      ? [importDirection(part), importDirection({ ...part, files }, ["db"])]
      : [importDirection(part)];
  });

export default defineConfig(
  globalIgnores([
    "dist/",
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
  directions,
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
