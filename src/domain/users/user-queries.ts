import { sql } from "drizzle-orm";
import type { OwnProfile } from "../../auth/profile.js";
import type { Db } from "../../db/connect.js";
import { thisTransaction } from "../../db/fragments.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import type { UserRow } from "./user.js";

/** Users by id; no row for an unknown id. */
const byId = statement({
  name: "users_by_id",
  parameters: { ids: "text[]" },
  row: rowOf<UserRow>({
    id: "text",
    displayName: "text?",
    avatarUrl: "text?",
    readReceipts: "bool",
  }),
  text: ({ ids }) => sql`
    select id, display_name as "displayName", avatar_url as "avatarUrl", read_receipts as "readReceipts"
    from users where id = any(${ids})`,
});

/**
 * Stores profiles as their users' tokens give them; writes nothing where nothing differs. The token that
 * was issued last stands, and the token that was used last where one of them does not say when it was
 * issued. Rows are written in order of id, so that two statements never wait for each other.
 */
const upsert = statement({
  name: "upsert_users",
  parameters: {
    ids: "text[]",
    names: "text?[]",
    avatars: "text?[]",
    issuedAts: "int8?[]",
  },
  row: rowOf<{ readonly id: string }>({ id: "text" }),
  text: ({ ids, names, avatars, issuedAts }) => sql`
    insert into users as stored (id, display_name, avatar_url, profile_issued_at)
    select distinct on (id) id, name, avatar, issued_at
    from unnest(${ids}, ${names}, ${avatars}, ${issuedAts})
      with ordinality as profile (id, name, avatar, issued_at, position)
    order by id, issued_at desc nulls last, position desc
    on conflict (id) do update set display_name = excluded.display_name,
      avatar_url = excluded.avatar_url, profile_issued_at = excluded.profile_issued_at
    where (excluded.display_name, excluded.avatar_url) is distinct from (stored.display_name, stored.avatar_url)
      and (excluded.profile_issued_at < stored.profile_issued_at) is not true
    returning id`,
});

/** Stores a row for each user who has none. Rows are written in order of id. */
const insertMissing = statement({
  name: "insert_missing_users",
  parameters: { ids: "text[]" },
  text: ({ ids }) => sql`
    insert into users (id) select id from unnest(${ids}) id order by id on conflict do nothing`,
});

/** Stores whether others may see what a user reads from now on (R20); writes nothing where it is so already. */
const setReadReceipts = statement({
  name: "set_read_receipts",
  parameters: { id: "text", enabled: "bool" },
  text: ({ id, enabled }) => sql`
    update users set read_receipts = ${enabled}, preferences_xid = ${thisTransaction}
    where id = ${id} and read_receipts <> ${enabled}`,
});

/** The statements on users. */
export interface UserQueries {
  /** Users by id, in any order; no row for an unknown id. */
  byId(ids: readonly string[]): Promise<readonly UserRow[]>;
  /**
   * Stores profiles, but for those of tokens that were issued before the token of the stored profile.
   * @returns a row for each user of whom another profile is stored now
   */
  upsert(profiles: readonly OwnProfile[]): Promise<readonly { id: string }[]>;
  /** Makes sure that these users have a row. */
  insertMissing(ids: readonly string[]): Promise<unknown>;
  /** Stores whether others may see what a user reads from now on (R20). */
  setReadReceipts(id: string, enabled: boolean): Promise<unknown>;
}

/** Prepares the statements on users. */
export function userQueries(db: Db): UserQueries {
  const run = {
    byId: prepare(db, byId),
    upsert: prepare(db, upsert),
    insertMissing: prepare(db, insertMissing),
    setReadReceipts: prepare(db, setReadReceipts),
  };
  return {
    byId: (ids) => run.byId({ ids }),
    upsert: (profiles) =>
      run.upsert({
        ids: profiles.map((profile) => profile.id),
        names: profiles.map((profile) => profile.displayName),
        avatars: profiles.map((profile) => profile.avatarUrl),
        issuedAts: profiles.map((profile) => profile.issuedAtS ?? null),
      }),
    insertMissing: (ids) => run.insertMissing({ ids }),
    setReadReceipts: (id, enabled) => run.setReadReceipts({ id, enabled }),
  };
}
