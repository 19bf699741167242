import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { joinedKey } from "../../db/per-conversation.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import { mutedUntil, unreadIn } from "../conversations/unread-fragments.js";
import type { Badge, BadgeNow } from "./badge.js";

const place = {
  participant: sql`participant`,
  conversation: sql`conversation`,
  key: joinedKey,
};

/** The number of unread messages over all conversations that the user is in. */
const totalUnread = statement({
  name: "total_unread",
  parameters: { userId: "text" },
  row: rowOf<{ unreadCount: number }>({ unreadCount: "int4" }),
  text: ({ userId }) => sql`
    select coalesce(sum(unread.count), 0)::int as "unreadCount"
    from participants participant
    join conversations conversation on conversation.key = participant.conversation_key
    cross join ${unreadIn(place)}
    where participant.user_id = ${userId} and participant.left_at is null`,
});

interface BadgeRow extends Badge {
  readonly userId: string;
  readonly muteEndsInMs: number | null;
}

/** The badges of users: a row for each who is asked for, zeros for somebody unknown. */
const badges = statement({
  name: "badges",
  parameters: { userIds: "text[]" },
  row: rowOf<BadgeRow>({
    userId: "text",
    unreadCount: "int4",
    unreadMentionCount: "int4",
    unreadConversationCount: "int4",
    muteEndsInMs: "int8?",
  }),
  text: ({ userIds }) => sql`
    select asked.user_id as "userId", total.*
    from unnest(${userIds}) asked (user_id)
    cross join lateral (
      select coalesce(sum(each.adds), 0)::int as "unreadCount", coalesce(sum(each.mentions), 0)::int as "unreadMentionCount",
        (count(*) filter (where each.adds > 0))::int as "unreadConversationCount",
        ceil(extract(epoch from min(each.muted_until) filter (where each.adds < each.count) - statement_timestamp()) * 1000)::int8
          as "muteEndsInMs"
      from (
        select unread.count, unread.mentions, muted.until as muted_until,
          case when muted.until is null then unread.count else unread.mentions end as adds
        from participants participant
        join conversations conversation on conversation.key = participant.conversation_key
        cross join ${unreadIn(place)}
        cross join lateral (select ${mutedUntil(place.participant)} as until) muted
        where participant.user_id = asked.user_id and participant.left_at is null
      ) each
    ) total`,
});

/** The statements that count what users have not read over all of their conversations. */
export interface BadgeQueries {
  totalUnread(userId: string): Promise<number>;
  /** The badges of users, in any order; zeros for somebody unknown. */
  badges(
    userIds: readonly string[],
  ): Promise<readonly (BadgeNow & { userId: string })[]>;
}

/** Prepares the statements that count over all conversations. */
export function badgeQueries(db: Db): BadgeQueries {
  const run = {
    totalUnread: prepare(db, totalUnread),
    badges: prepare(db, badges),
  };
  return {
    totalUnread: async (userId) =>
      (await run.totalUnread({ userId }, userId))[0]?.unreadCount ?? 0,
    badges: async (userIds) =>
      (await run.badges({ userIds })).map(
        ({ userId, muteEndsInMs, ...badge }) => ({
          userId,
          badge,
          muteEndsInMs,
        }),
      ),
  };
}
