import type { Db } from "../../db/connect.js";
import { deleteDeactivation, deleteDeparture } from "./departure-queries.js";
import * as queries from "./erasure-queries.js";
import type { Stay } from "./whereabouts-queries.js";

/*
 * What is forgotten of a user, step by step (R41). A table with something of users needs a step, or a reason why not:
 * test/erasing.test.ts compares the tables named here with the database. Every step may be repeated.
 */

/** A step: the tables that it clears. */
interface Step<Run> {
  readonly tables: readonly string[];
  readonly run: Run;
}

/** How far a step in a conversation has come. */
interface Progress {
  /** The messages that it blanked. */
  readonly messages: number;
  /** Where it goes on in another transaction; null where it is done. */
  readonly goOn: number | null;
}

const done: Progress = { messages: 0, goOn: null };

/** So many rows change in one transaction, so that nobody waits for long. */
const batch = 500;

/** In each conversation, without its lock, once the user has left it: what nobody else writes. */
export const stepsAside: readonly Step<
  (tx: Db, stay: Stay, lastMove: number) => Promise<{ isDone: boolean }>
>[] = (["DELIVERED", "READ", "PRIVATE", "moves"] as const).map((part) => ({
  tables: ["receipt_log"],
  run: async (tx, stay, lastMove) => ({
    isDone: (await queries.forgetLog(tx, stay, part, lastMove, batch)) < batch,
  }),
}));

/** In each conversation, locked. The participant goes last: a repeat finds by it that the steps before were not done. */
export const stepsInConversation: readonly Step<
  (tx: Db, leaver: queries.Leaver, from: number) => Promise<Progress>
>[] = [
  {
    tables: ["messages", "message_keys"],
    async run(tx, leaver, from) {
      const { forgetMessages } = queries;
      const { count, last } = await forgetMessages(tx, leaver, from, batch);
      return { messages: count, goOn: count < batch ? null : last };
    },
  },
  {
    tables: ["departures"],
    async run(tx, { userId, conversation: { id } }) {
      await deleteDeparture(tx, id, userId);
      return done;
    },
  },
  {
    tables: ["participants"],
    async run(tx, leaver) {
      await queries.forgetParticipant(tx, leaver);
      return done;
    },
  },
];

/** In each conversation that mentions the user, also those that they were never in. */
export const stepsWhereMentioned: readonly Step<
  (tx: Db, conversationKey: string, userId: string) => Promise<void>
>[] = [{ tables: ["mentions"], run: queries.forgetMentions }];

/** Once no conversation holds anything of the user, in one transaction. */
export const stepsAtTheEnd: readonly Step<
  (tx: Db, userId: string) => Promise<unknown>
>[] = [
  { tables: ["conversation_keys"], run: queries.forgetConversationKeys },
  { tables: ["deactivations"], run: deleteDeactivation },
  { tables: ["users"], run: queries.forgetUser },
];
