import { describe, expect, it } from "vitest";
import { migrationsFolder, readMigrations } from "../src/db/migration-files.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { laterMigrations } from "./support/made-up-migrations.js";
import { offences, policyBegins } from "./support/migration-policy.js";

// docs/deploy/rolling.md: first expand, then contract.

const cleanups = cleanupsAfterEachTest();

/** What is wrong with made-up migrations, one after the other. */
async function wrongWith(...texts: string[]): Promise<readonly string[]> {
  const { folder, remove } = await laterMigrations(
    Object.fromEntries(
      texts.map((text, i) => [`090${String(i)}_made_up`, text]),
    ),
  );
  cleanups.push(remove);
  return offences(readMigrations(folder).slice(-texts.length));
}

it("every migration that the policy holds for keeps it", async () => {
  const migrations = readMigrations(migrationsFolder);
  expect(
    await offences(
      migrations.filter(({ tag }) => Number(tag.slice(0, 4)) >= policyBegins),
    ),
  ).toEqual([]);
});

describe("expanding is allowed:", () => {
  it.each([
    `ALTER TABLE "users" ADD COLUMN "colour" text;`,
    `ALTER TABLE "users" ADD COLUMN "colour" text DEFAULT 'red'::text NOT NULL;`,
    `ALTER TYPE "log_kind" ADD VALUE 'PINNED';`,
    `ALTER TABLE "users" ALTER COLUMN "colour" DROP NOT NULL;`,
    `CREATE TABLE "pins" ("id" text PRIMARY KEY);--> statement-breakpoint
CREATE INDEX "pins_id" ON "pins" ("id");`,
    `-- outside a transaction
CREATE INDEX CONCURRENTLY "colours" ON "users" ("name");`,
  ])("%s", async (text) => {
    expect(await wrongWith(text)).toEqual([]);
  });
});

describe("taking away needs `-- contract of`:", () => {
  it.each([
    `DROP TABLE "users";`,
    `ALTER TABLE "users" DROP COLUMN "name";`,
    `ALTER TABLE "users" RENAME COLUMN "name" TO "title";`,
    `ALTER TABLE "users" RENAME TO "people";`,
    `ALTER TABLE "users" DROP CONSTRAINT "users_pkey";`,
    `ALTER TABLE "users" ADD CONSTRAINT "named" CHECK ("name" IS NOT NULL) NOT VALID;`,
    `ALTER TYPE "log_kind" RENAME VALUE 'READ' TO 'SEEN';`,
  ])("%s", async (text) => {
    expect(await wrongWith(text)).toEqual([
      expect.stringMatching(/^0900_made_up takes something away/),
    ]);
    expect(await wrongWith(`-- contract of 0005_x\n${text}`)).toEqual([]);
  });
});

describe("not even a contract may hold up those who serve:", () => {
  it.each([
    [`CREATE INDEX "names" ON "users" ("name");`, "concurrently"],
    [
      `CREATE INDEX CONCURRENTLY "names" ON "users" ("name");`,
      "outside a transaction",
    ],
    [`ALTER TABLE "users" ALTER COLUMN "name" SET DATA TYPE int;`, "type"],
    [`ALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;`, "not null"],
    [
      `ALTER TABLE "users" ADD COLUMN "a" uuid DEFAULT gen_random_uuid();`,
      "no constant",
    ],
    [`ALTER TABLE "users" ADD COLUMN "a" text NOT NULL;`, "leaves null"],
    [
      `ALTER TABLE "users" ADD CONSTRAINT "named" CHECK ("name" <> '');`,
      "not valid",
    ],
    [`UPDATE "users" SET "name" = 'x';`, "moves data"],
    [`VACUUM FULL "users";`, "no say"],
    [
      `ALTER TABLE "users" ADD COLUMN "a" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "a" text;`,
      "more than one table",
    ],
  ])("%s", async (text, why) => {
    expect(await wrongWith(`-- contract of 0005_x\n${text}`)).toEqual([
      expect.stringContaining(why),
    ]);
  });

  it("a column becomes not null after a constraint that says so is validated", async () => {
    expect(
      await wrongWith(
        `-- contract of 0005_x\nALTER TABLE "users" ADD CONSTRAINT "named" CHECK ("name" IS NOT NULL) NOT VALID;`,
        `ALTER TABLE "users" VALIDATE CONSTRAINT "named";`,
        `-- contract of 0005_x\nALTER TABLE "users" ALTER COLUMN "name" SET NOT NULL;`,
      ),
    ).toEqual([]);
  });
});
