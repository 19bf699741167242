import { existsSync, readdirSync } from "node:fs";
import js from "@eslint/js";
import graphql from "@graphql-eslint/eslint-plugin";
import tseslint from "typescript-eslint";

const services = ["users", "conversations", "messages", "receipts", "events"];
const leaves = ["errors", "text", "sets", "batching"];

/**
 * What each folder of `src`, or file in it, may import beside itself. What is not listed may import
 * nothing else of `src`. The line is transport → graphql → services → queries → db.
 */
const mayImport = {
  text: ["errors"],
  batching: ["errors"],
  db: ["sets"],
  auth: ["users", "text", "errors"],
  ...Object.fromEntries(
    services.map((name) => [name, [...services, ...leaves, "auth", "db"]]),
  ),
  graphql: [...services, ...leaves, "auth", "services", "generated"],
  transport: ["events", "graphql", "auth", "services", "errors"],
  metrics: services,
  config: ["auth"],
  services: [...services, "db"],
};

/** What starts and wires the rest: these may import everything. */
const compositions = ["main", "server", "cli", "demo"];

/** Single files that may be imported where their folder may not. */
const doors = {
  graphql: ["db/failure"], // turns a database failure into a GraphQL error
  receipts: ["generated/resolvers"], // the enums of the schema
  messages: ["generated/resolvers"],
};

/** Every folder and file directly in `src`, by name. */
const parts = readdirSync("src", { withFileTypes: true }).map((entry) =>
  entry.name.replace(/\.ts$/, ""),
);

/** @returns the restriction that keeps `part` to what it may import */
function importDirection(part) {
  const allowed = new Set([part, ...(mayImport[part] ?? [])]);
  const forbidden = parts.filter((other) => !allowed.has(other));
  const open = (doors[part] ?? []).map((file) => `(?!${file}\\.js$)`).join("");
  return {
    regex: `^(\\.\\.?/)+${open}(${forbidden.join("|")})(/|\\.js$)`,
    message: `src/${part} may not import this: see mayImport in eslint.config.js.`,
  };
}

const onlyQueriesSpeakSql = {
  regex: "^(drizzle-orm|postgres)(/|$)",
  message: "SQL belongs in *-queries.ts and src/db.",
};

function restrictImports(...patterns) {
  return {
    "@typescript-eslint/no-restricted-imports": ["error", { patterns }],
  };
}

export default tseslint.config(
  {
    ignores: ["dist/", "coverage/", ".acked/", ".ci/artefacts/"],
  },
  { ignores: ["src/generated/"] },
  {
    files: ["**/*.{js,mjs}"],
    ...js.configs.recommended,
  },
  {
    files: ["**/*.ts"],
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: { parserOptions: { projectService: true } },
  },
);
