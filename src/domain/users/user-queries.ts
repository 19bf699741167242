import { sql } from "drizzle-orm";
import type { Profile } from "../../auth/profile.js";
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
 * Stores profiles as tokens give them; writes nothing where nothing differs. Rows are written in
 * order of id, so that two statements never wait for each other.
 */
const upsert = statement({
  name: "upsert_users",
  parameters: { ids: "text[]", names: "text?[]", avatars: "text?[]" },
  text: ({ ids, names, avatars }) => sql`
    insert into users as stored (id, display_name, avatar_url)
    select distinct on (id) id, name, avatar
    from unnest(${ids}, ${names}, ${avatars}) as profile (id, name, avatar)
    order by id
    on conflict (id) do update set
      display_name = coalesce(excluded.display_name, stored.display_name),
      avatar_url = coalesce(excluded.avatar_url, stored.avatar_url)
    where (excluded.display_name, excluded.avatar_url) is distinct from (stored.display_name, stored.avatar_url)
      and (excluded.display_name is not null or excluded.avatar_url is not null)`,
});

/** Stores whether others may see what a user reads from now on (R20). */
const setReadReceipts = statement({
  name: "set_read_receipts",
  parameters: { id: "text", enabled: "bool" },
  text: ({ id, enabled }) => sql`
    update users set read_receipts = ${enabled}, preferences_xid = ${thisTransaction}
    where id = ${id}`,
});

/** The statements on users. */
export interface UserQueries {
  /** Users by id, in any order; no row for an unknown id. */
  byId(ids: readonly string[]): Promise<readonly UserRow[]>;
  /** Stores profiles; a null in a profile leaves the stored value as it is. */
  upsert(profiles: readonly Profile[]): Promise<unknown>;
  /** Stores whether others may see what a user reads from now on (R20). */
  setReadReceipts(id: string, enabled: boolean): Promise<unknown>;
}

/** Prepares the statements on users. */
export function userQueries(db: Db): UserQueries {
  const run = {
    byId: prepare(db, byId),
    upsert: prepare(db, upsert),
    setReadReceipts: prepare(db, setReadReceipts),
  };
  return {
    byId: (ids) => run.byId({ ids }),
    upsert: (profiles) =>
      run.upsert({
        ids: profiles.map((profile) => profile.id),
        names: profiles.map((profile) => profile.displayName),
        avatars: profiles.map((profile) => profile.avatarUrl),
      }),
    setReadReceipts: (id, enabled) => run.setReadReceipts({ id, enabled }),
  };
}
