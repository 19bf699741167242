import { sql, type SQL } from "drizzle-orm";
import type { OwnProfile } from "../../auth/profile.js";
import type { Db } from "../../db/connect.js";
import { thisTransaction } from "../../db/fragments.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import type { ErasedIds } from "./erased-ids.js";
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

/** The users who were erased (R41): an item of `with`. Nothing is stored of them. */
const erased = (ids: SQL, digests: SQL) => sql`
    erased as (
      select handed_in.id from unnest(${ids}, ${digests}) as handed_in (id, digest)
      join erasures on erasures.digest = handed_in.digest
    )`;

/** A user of whom something was stored, or who was erased. */
export interface StoredUser {
  readonly id: string;
  readonly isErased: boolean;
}
const storedRow = rowOf<StoredUser>({ id: "text", isErased: "bool" });

/**
 * Stores profiles as their users' tokens give them; writes nothing where nothing differs. The token that
 * was issued last stands, and the token that was used last where one of them does not say when it was
 * issued. Rows are written in order of id, so that two statements never wait for each other.
 */
const upsert = statement({
  name: "upsert_users",
  parameters: {
    ids: "text[]",
    digests: "text[]",
    names: "text?[]",
    avatars: "text?[]",
    issuedAts: "int8?[]",
  },
  row: storedRow,
  text: ({ ids, digests, names, avatars, issuedAts }) => sql`
    with ${erased(ids, digests)},
    stored as (
      insert into users as stored (id, display_name, avatar_url, profile_issued_at)
      select distinct on (id) id, name, avatar, issued_at
      from unnest(${ids}, ${names}, ${avatars}, ${issuedAts})
        with ordinality as profile (id, name, avatar, issued_at, position)
      where id not in (select erased.id from erased)
      order by id, issued_at desc nulls last, position desc
      on conflict (id) do update set display_name = excluded.display_name,
        avatar_url = excluded.avatar_url, profile_issued_at = excluded.profile_issued_at
      where (excluded.display_name, excluded.avatar_url) is distinct from (stored.display_name, stored.avatar_url)
        and (excluded.profile_issued_at < stored.profile_issued_at) is not true
      returning id
    )
    select id, false as "isErased" from stored union all select id, true from erased`,
});

/** Stores a row for each user who has none. Rows are written in order of id. */
const insertMissing = statement({
  name: "insert_missing_users",
  parameters: { ids: "text[]", digests: "text[]" },
  row: storedRow,
  text: ({ ids, digests }) => sql`
    with ${erased(ids, digests)},
    stored as (
      insert into users (id)
      select id from unnest(${ids}) id where id not in (select erased.id from erased) order by id
      on conflict do nothing returning id
    )
    select id, false as "isErased" from stored union all select id, true from erased`,
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
   * @returns a row for each user of whom another profile is stored now, and for each who was erased
   */
  upsert(profiles: readonly OwnProfile[]): Promise<readonly StoredUser[]>;
  /**
   * Makes sure that these users have a row.
   * @returns a row for each who had none, and for each who was erased
   */
  insertMissing(ids: readonly string[]): Promise<readonly StoredUser[]>;
  /** Stores whether others may see what a user reads from now on (R20). */
  setReadReceipts(id: string, enabled: boolean): Promise<unknown>;
}

/** Prepares the statements on users. */
export function userQueries(db: Db, { digestOf }: ErasedIds): UserQueries {
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
        digests: profiles.map((profile) => digestOf(profile.id)),
        names: profiles.map((profile) => profile.displayName),
        avatars: profiles.map((profile) => profile.avatarUrl),
        issuedAts: profiles.map((profile) => profile.issuedAtS ?? null),
      }),
    insertMissing: (ids) =>
      run.insertMissing({ ids, digests: ids.map(digestOf) }),
    setReadReceipts: (id, enabled) => run.setReadReceipts({ id, enabled }),
  };
}
