import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PgDialect } from "drizzle-orm/pg-core";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { statements } from "../src/db/prepare.js";
import { createTestDatabase } from "./support/server.js";

// Every statement that src declares is described by Postgres, and its columns are compared with the
// row that the statement declares. The compiler compares that declaration with the row's type.

const source = fileURLToPath(new URL("../src/", import.meta.url));
for (const file of await readdir(source, { recursive: true }))
  if (/-(queries|statement)\.ts$/.test(file))
    await import(/* @vite-ignore */ join(source, file));

let client: Sql;
let drop: () => Promise<void>;
const typeNames = new Map<number, string>();
beforeAll(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  client = postgres(created.url, { max: 1, onnotice: () => undefined });
  const types = await client<{ oid: number; name: string }[]>`
    select oid::int4, typname as name from pg_type`;
  for (const { oid, name } of types) typeNames.set(oid, name);
});
afterAll(async () => {
  await client.end();
  await drop();
});

it("declares statements in the files that are named for them", () => {
  expect([...statements.keys()]).toEqual(
    expect.arrayContaining(["mark", "insert_messages", "status_counts"]),
  );
});

it.each([...statements])(
  "Postgres returns for %s the columns that it declares",
  async (_, { text, columns }) => {
    const { sql } = new PgDialect().sqlToQuery(text);
    const described = await client.unsafe(sql).describe();
    const returned = described.columns.map(({ name, type }) => [
      name,
      typeNames.get(type),
    ]);
    expect(Object.fromEntries(returned)).toEqual(
      Object.fromEntries(
        Object.entries(columns).map(([name, type]) => [
          name,
          type.replace("?", ""),
        ]),
      ),
    );
    expect(returned).toHaveLength(Object.keys(columns).length);
  },
);
