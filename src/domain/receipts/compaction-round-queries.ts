import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import type { ParticipantPlace } from "./compaction.js";

/** Whose turn it is to compact, and how far the round before came; no row where it is nobody's. */
const hold = statement({
  name: "hold_compaction",
  parameters: { seconds: "int4", isForced: "bool" },
  row: rowOf<{ conversationKey: string | null; number: number | null }>({
    conversationKey: "text?",
    number: "int4?",
  }),
  text: ({ seconds, isForced }) => sql`
    insert into compactions as round (id, held_until) select 1, now() + ${seconds} * interval '1 second'
    on conflict (id) do update set held_until = excluded.held_until
    where round.held_until <= now() and (${isForced} or round.conversation_key is not null
      or round.finished_at is null or round.finished_at < now() - interval '1 day')
    returning round.conversation_key::text as "conversationKey", round.participant_number as number`,
});

/** Notes how far the round has come, and holds it for longer. */
const advance = statement({
  name: "advance_compaction",
  parameters: { placeKey: "key", number: "int4", seconds: "int4" },
  text: ({ placeKey, number, seconds }) => sql`
    update compactions set conversation_key = ${placeKey}, participant_number = ${number},
      held_until = now() + ${seconds} * interval '1 second'`,
});

/** Lets the round go: at its end, or to be gone on with. */
const release = statement({
  name: "release_compaction",
  parameters: { isFinished: "bool" },
  text: ({ isFinished }) => sql`
    update compactions set held_until = now(),
      conversation_key = case when ${isFinished} then null else conversation_key end,
      participant_number = case when ${isFinished} then null else participant_number end,
      finished_at = case when ${isFinished} then now() else finished_at end`,
});

/** Prepares the statements by which one node at a time has the round of the compaction. */
export function roundQueries(db: Db) {
  const run = {
    hold: prepare(db, hold),
    advance: prepare(db, advance),
    release: prepare(db, release),
  };
  return {
    /**
     * Takes the round for so many seconds, unless another node has it or, where it is not forced, it has ended within
     * a day. Returns the place where it goes on, null for its beginning; undefined where it was not taken.
     */
    async hold(
      seconds: number,
      isForced: boolean,
    ): Promise<ParticipantPlace | null | undefined> {
      const [row] = await run.hold({ seconds, isForced });
      if (!row) return undefined;
      const { conversationKey, number } = row;
      return conversationKey === null || number === null
        ? null
        : { conversationKey, number };
    },

    /** Notes how far the round has come, and holds it for so many seconds more. */
    advance: ({ conversationKey, number }: ParticipantPlace, seconds: number) =>
      run.advance({ placeKey: conversationKey, number, seconds }),

    /** Lets the round go. */
    release: (isFinished: boolean) => run.release({ isFinished }),
  };
}
