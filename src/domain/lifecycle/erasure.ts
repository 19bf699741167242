import { inTransaction, type Db } from "../../db/connect.js";
import * as membership from "../conversations/membership-queries.js";
import type { OnceFree } from "../conversations/once-free.js";
import * as queries from "./erasure-queries.js";
import {
  stepsAside,
  stepsAtTheEnd,
  stepsInConversation,
  stepsWhereMentioned,
} from "./erasure-steps.js";

/** A user who is being erased. */
export interface Erased {
  readonly userId: string;
  /** The id that stands for theirs. */
  readonly alias: string;
}

/** How long the end of an erasure waits for statements that store users, in milliseconds. */
const usersWaitMs = 2_000;

/**
 * Erases a user in a conversation that they have left. Small transactions; the conversation is locked for the
 * blanking of some hundred messages at most.
 * @param tell told of each new version of the conversation
 * @returns the number of messages that were blanked, and whether this call has ended it
 */
export async function eraseIn(
  { db, onceFree }: { db: Db; onceFree: OnceFree },
  erased: Erased,
  stay: queries.Stay,
  tell: (version: number) => void,
): Promise<{ messages: number; isEnded: boolean }> {
  const lastMove = await queries.selectLastMove(db, stay);
  for (const { run } of stepsAside)
    while (!(await inTransaction(db, (tx) => run(tx, stay, lastMove))).isDone);
  const { conversationId } = stay;
  let messages = 0;
  for (let from: Place | null = { step: 0, after: 0 }; from !== null;) {
    const begin: Place = from;
    const part: Part | null = await onceFree(conversationId, () =>
      inTransaction(db, (tx) =>
        goOnFrom(tx, erased, { ...stay, lastMove }, begin),
      ),
    );
    if (part === null) return { messages, isEnded: false };
    tell(part.version);
    messages += part.messages;
    from = part.goOn;
  }
  return { messages, isEnded: true };
}

/** Where the steps of a conversation go on. */
interface Place {
  readonly step: number;
  readonly after: number;
}

/** What one transaction has done. */
interface Part {
  readonly version: number;
  readonly messages: number;
  /** Null where all steps are done. */
  readonly goOn: Place | null;
}

/** Does as many steps as one transaction should. Returns null where another call has ended them. */
async function goOnFrom(
  tx: Db,
  { userId, alias }: Erased,
  { conversationId, ...stay }: queries.Stay & { lastMove: number },
  { step, after }: Place,
): Promise<Part | null> {
  const conversation = await membership.lockConversation(tx, conversationId);
  if (!conversation) return null;
  if (!(await queries.lockGone(tx, conversationId, userId))) return null;
  const leaver = { userId, alias, conversation, ...stay };
  let messages = 0;
  let from = after;
  let goOn: Place | null = null;
  for (const [i, { run }] of stepsInConversation.entries()) {
    if (i < step || goOn) continue;
    const progress = await run(tx, leaver, from);
    messages += progress.messages;
    from = 0;
    if (progress.goOn !== null) goOn = { step: i, after: progress.goOn };
  }
  const version = await membership.bumpVersion(tx, conversation);
  return { version, messages, goOn };
}

/** Forgets that a conversation mentions a user. */
export async function eraseMentions(
  db: Db,
  conversationKey: string,
  userId: string,
): Promise<void> {
  for (const { run } of stepsWhereMentioned)
    await inTransaction(db, (tx) => run(tx, conversationKey, userId));
}

/** Erases what is left of a user, once no conversation holds anything of them. */
export async function endErasure(
  db: Db,
  userId: string,
  digest: string,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await queries.lockUsers(tx, usersWaitMs);
    for (const { run } of stepsAtTheEnd) await run(tx, userId);
    await queries.endErasure(tx, digest);
  });
}
