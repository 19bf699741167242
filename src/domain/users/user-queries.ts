import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import type { Profile } from "../../auth/profile.js";
import type { UserRow } from "./user.js";

export type UserQueries = ReturnType<typeof userQueries>;

/** The statements on users. */
export function userQueries(db: Db) {
  const byId = prepare<{ ids: string[] }, UserRow>(
    db,
    "users_by_id",
    sql`
    select id, display_name as "displayName", avatar_url as "avatarUrl", read_receipts as "readReceipts"
    from users where id = any(${sql.placeholder("ids")}::text[])`,
  );

  /** Stores profiles as tokens give them; writes nothing where nothing differs. Rows go in order of id. */
  const upsert = prepare<
    { ids: string[]; names: (string | null)[]; avatars: (string | null)[] },
    never
  >(
    db,
    "upsert_users",
    sql`
    insert into users as u (id, display_name, avatar_url)
    select distinct on (id) id, name, avatar
    from unnest(${sql.placeholder("ids")}::text[], ${sql.placeholder("names")}::text[],
      ${sql.placeholder("avatars")}::text[]) as i (id, name, avatar)
    order by id
    on conflict (id) do update set
      display_name = coalesce(excluded.display_name, u.display_name),
      avatar_url = coalesce(excluded.avatar_url, u.avatar_url)
    where (excluded.display_name, excluded.avatar_url) is distinct from (u.display_name, u.avatar_url)
      and (excluded.display_name is not null or excluded.avatar_url is not null)`,
  );

  const setReadReceipts = prepare<{ id: string; enabled: boolean }, never>(
    db,
    "set_read_receipts",
    sql`
    update users set read_receipts = ${sql.placeholder("enabled")}
    where id = ${sql.placeholder("id")}`,
  );

  return {
    byId: (ids: readonly string[]) => byId({ ids: [...ids] }),
    upsert: (profiles: readonly Profile[]) =>
      upsert({
        ids: profiles.map((p) => p.id),
        names: profiles.map((p) => p.displayName),
        avatars: profiles.map((p) => p.avatarUrl),
      }),
    setReadReceipts: (id: string, enabled: boolean) =>
      setReadReceipts({ id, enabled }),
  };
}
