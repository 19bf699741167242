import { SignJWT } from "jose";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { RememberedProfiles } from "../src/domain/users/remembered-profiles.js";
import { databaseForFile, serverForFile } from "./support/for-file.js";
import { testSecret, type Answer } from "./support/server.js";

// How a profile follows what tokens say of their user.

const database = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: database.url }));
const otherNode = serverForFile(() => ({ DATABASE_URL: database.url }));

let sql: ReturnType<typeof postgres>;
beforeAll(async () => {
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  await sql`create table writes (user_id text)`;
  await sql`
    create function count_write() returns trigger language plpgsql as
      $$ begin insert into writes values (new.id); return new; end $$`;
  await sql`
    create trigger count_writes after insert or update on users
    for each row execute function count_write()`;
});
afterAll(() => sql.end());

let user: string;
let count = 0;
beforeEach(() => {
  user = `user-${++count}`;
});

const nowS = Math.floor(Date.now() / 1_000);

interface Claims {
  readonly name?: string;
  readonly picture?: string;
  readonly scope?: string;
  readonly iat?: number;
}

/** Uses a token; answers the profile that is stored then. */
async function use(claims: Claims, node = server) {
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user)
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(testSecret));
  const { data }: Answer<{ viewer: unknown }> = await node.post(
    { authorization: `Bearer ${token}` },
    { query: "{ viewer { displayName avatarUrl } }" },
  );
  return data?.viewer;
}

async function writes(): Promise<number> {
  const rows = await sql`select from writes where user_id = ${user}`;
  return rows.length;
}

const picture = "https://pictures.example/1";
const withPicture = { displayName: "Ann", avatarUrl: picture };
const withoutPicture = { displayName: "Ann", avatarUrl: null };

it("a claim that is gone from the user's own token is cleared", async () => {
  expect(await use({ name: "Ann", picture })).toEqual(withPicture);
  expect(await use({ name: "Ann" })).toEqual(withoutPicture);
  expect(await use({})).toEqual({ displayName: null, avatarUrl: null });
});

it("a service token changes no profile, and its subject has a row", async () => {
  const service = { scope: "acked:service", name: "Back end", picture: "x" };
  expect(await use(service)).toEqual({ displayName: null, avatarUrl: null });
  expect(await use({ name: "Ann", picture })).toEqual(withPicture);
  expect(await use(service)).toEqual(withPicture);
  expect(await use(service, otherNode)).toEqual(withPicture);
  expect(await writes()).toBe(2);
});

it("of two tokens used in turn the one that was issued last stands, through any node", async () => {
  const older = { name: "Ann", picture, iat: nowS - 60 };
  const newer = { name: "Ann", iat: nowS - 30 };
  expect(await use(older)).toEqual(withPicture);
  for (let i = 0; i < 3; i++)
    for (const node of [server, otherNode]) {
      expect(await use(newer, node)).toEqual(withoutPicture);
      expect(await use(older, node)).toEqual(withoutPicture);
    }
  expect(await writes()).toBe(2);
});

it("an older token that a node sees first changes nothing", async () => {
  expect(await use({ name: "Ann", iat: nowS - 30 })).toEqual(withoutPicture);
  const older = { name: "Ann", picture, iat: nowS - 60 };
  expect(await use(older, otherNode)).toEqual(withoutPicture);
});

it("the same profile by a newer token writes nothing, and stands against tokens between the two", async () => {
  await use({ name: "Ann", iat: nowS - 60 });
  await use({ name: "Ann", iat: nowS - 20 });
  const between = { name: "Ann", picture, iat: nowS - 40 };
  expect(await use(between)).toEqual(withoutPicture);
  expect(await writes()).toBe(1);
});

it("where a token does not say when it was issued, the token that was used last stands", async () => {
  expect(await use({ name: "Ann", picture, iat: nowS })).toEqual(withPicture);
  expect(await use({ name: "Ann" })).toEqual(withoutPicture);
  expect(await use({ name: "Ann", picture, iat: nowS })).toEqual(withPicture);
});

it("a token that says it was issued in the future does not stand for ever", async () => {
  await use({ name: "Ann", picture, iat: nowS + 100_000_000 });
  await expect
    .poll(() => use({ name: "Ann", iat: Math.floor(Date.now() / 1_000) }))
    .toEqual(withoutPicture);
});

it("profiles are remembered of 20,000 users, the longest remembered forgotten first", () => {
  const remembered = new RememberedProfiles();
  const profile = (n: number) => ({
    id: `${n}`,
    displayName: "Ann",
    avatarUrl: null,
  });
  for (let n = 0; n <= 20_000; n++) remembered.add(profile(n));
  expect(remembered.isSettled(profile(0))).toBe(false);
  expect(remembered.isSettled(profile(1))).toBe(true);
  expect(remembered.isSettled(profile(20_000))).toBe(true);
});
