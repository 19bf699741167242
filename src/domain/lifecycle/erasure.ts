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
import {
  whereaboutsQueries,
  type Stay,
  type WhereaboutsQueries,
} from "./whereabouts-queries.js";

/** A user who is being erased. */
export interface Erased {
  readonly userId: string;
  /** The id that stands for theirs. */
  readonly alias: string;
}

/** How long the end of an erasure waits for statements that store users or mentions, in milliseconds. */
const tableWaitMs = 2_000;

/** What an erasure has done. A repeat counts what the calls before had left. */
export interface ErasedCounts {
  /** Conversations that held something of the user, and do no more. */
  readonly conversationCount: number;
  /** Messages of theirs that were blanked. */
  readonly messageCount: number;
}

/** What an erasure needs. */
interface ErasureNeeds {
  readonly db: Db;
  readonly onceFree: OnceFree;
}

/**
 * Erases a user, who has left all conversations, in those that they were ever in, and where they are mentioned.
 * @param tell told of each new version of a conversation
 */
export async function eraseInAll(
  needs: ErasureNeeds,
  { everIn, mentionedIn }: WhereaboutsQueries,
  erased: Erased,
  tell: (conversationId: string, version: number) => void,
): Promise<ErasedCounts> {
  const { userId } = erased;
  let conversationCount = 0;
  let messageCount = 0;
  for (const stay of await everIn(userId)) {
    const { messages, isEnded } = await eraseIn(needs, erased, stay, tell);
    messageCount += messages;
    if (isEnded) conversationCount++;
  }
  for (const key of await mentionedIn(userId))
    for (const { run } of stepsWhereMentioned)
      await inTransaction(needs.db, (tx) => run(tx, key, userId));
  return { conversationCount, messageCount };
}

/**
 * Erases a user in a conversation that they have left. Small transactions; the conversation is locked for the
 * blanking of some hundred messages at most.
 * @returns the number of messages that were blanked, and whether this call has ended it
 */
async function eraseIn(
  { db, onceFree }: ErasureNeeds,
  erased: Erased,
  stay: Stay,
  tell: (conversationId: string, version: number) => void,
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
    tell(conversationId, part.version);
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
  { conversationId, ...stay }: Stay & { lastMove: number },
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

/** Erases what is left of a user, once no conversation holds anything of them. */
export async function endErasure(
  db: Db,
  userId: string,
  digest: string,
): Promise<void> {
  // One table at a time: whoever holds a conversation may wait for the users, and who sends waits for conversations.
  await inTransaction(db, async (tx) => {
    await queries.lockTable(tx, "mentions", tableWaitMs);
    for (const key of await whereaboutsQueries(tx).mentionedIn(userId))
      for (const { run } of stepsWhereMentioned) await run(tx, key, userId);
  });
  await inTransaction(db, async (tx) => {
    await queries.lockTable(tx, "users", tableWaitMs);
    for (const { run } of stepsAtTheEnd) await run(tx, userId);
    await queries.endErasure(tx, digest);
  });
}
