import { createHash, randomUUID } from "node:crypto";
import type { Viewer } from "../../auth/viewer.js";
import type { Db } from "../../db/connect.js";
import { AppError, badInput, notFound } from "../../foundation/errors.js";
import { checkId, checkTitle } from "../../foundation/limits.js";
import type { ErasedIds } from "../users/erased-ids.js";
import { firstWhoIsOut, takesPartInNothing } from "../users/taking-part.js";
import * as creation from "./creation-queries.js";
import * as membership from "./membership-queries.js";
import { checkParticipantCount, checkUserIds } from "./participant.js";
import type { ReceiptPolicy } from "./receipt-policy.js";

/** A conversation to be made, as a client hands it in. */
export interface NewConversation {
  /** Null lets the server choose an id. */
  readonly id: string | null;
  readonly title: string | null;
  readonly participantIds: readonly string[];
  /** Those who are nobody's recipients (R39), beside or among `participantIds`. */
  readonly observerIds?: readonly string[];
  readonly receiptPolicy?: ReceiptPolicy;
  /** Made by the client, unique for each caller: tells a repeat from a new call. Null where there is none. */
  readonly clientId?: string | null;
}

/** A conversation to be made, checked. */
interface Draft {
  /** Null where the server may choose. */
  readonly givenId: string | null;
  readonly title: string | null;
  /** The first participants, the owner first. */
  readonly founders: readonly string[];
  /** Those of the founders who are observers. */
  readonly observers: readonly string[];
  readonly receiptPolicy: ReceiptPolicy;
  /** As they were handed in. */
  readonly participantIds: readonly string[];
  readonly observerIds: readonly string[];
  readonly clientId: string | null;
}

/** A conversation, and whether this call has made it. */
interface Made {
  readonly id: string;
  readonly isMade: boolean;
}

/**
 * Checks a conversation that is to be made.
 * @throws {AppError} BAD_USER_INPUT
 */
export function draftOf(viewer: Viewer, input: NewConversation): Draft {
  const { id, title, clientId = null, participantIds } = input;
  if (id !== null) checkId(["input", "id"], id);
  if (clientId !== null) checkId(["input", "clientId"], clientId);
  if (title !== null) checkTitle(["input", "title"], title);
  const { observerIds = [], receiptPolicy = "FULL" } = input;
  const founders = foundersOf(viewer, participantIds, observerIds);
  const observers = [...new Set(observerIds)];
  return {
    ...{ givenId: id, title, founders, observers, receiptPolicy },
    ...{ participantIds, observerIds, clientId },
  };
}

/**
 * Makes a conversation, or finds the conversation that the same call made before.
 *
 * Locking: the rows of users go first, in order of id, then the clientId's row. The same clientId at the same
 * moment, from another device or on another node, waits there until this transaction has ended, and then finds
 * what it made.
 * @throws {AppError} CONFLICT, NOT_FOUND, FORBIDDEN
 */
export async function makeOnce(
  tx: Db,
  erasedIds: ErasedIds,
  viewer: Viewer,
  draft: Draft,
): Promise<Made> {
  const out = await firstWhoIsOut(tx, erasedIds, draft.founders);
  if (out !== null) throw refusalOf(viewer, draft, out);
  const id = draft.givenId ?? randomUUID();
  const { clientId } = draft;
  if (clientId === null)
    return { id, isMade: await make(tx, viewer, id, draft) };
  const key = { creatorId: viewer.userId, clientId };
  const contentDigest = digestOf(draft);
  const isNew = await creation.insertConversationKey(tx, {
    ...key,
    conversationId: id,
    contentDigest,
  });
  if (isNew) return { id, isMade: await make(tx, viewer, id, draft) };
  const known = await creation.selectConversationKey(tx, key);
  // A former participant is not told that they made this conversation (R18).
  if (!known || !(await isPresent(tx, viewer, known.conversationId)))
    throw notFound("conversation");
  if (
    known.contentDigest !== contentDigest ||
    (draft.givenId ?? known.conversationId) !== known.conversationId
  )
    throw new AppError(
      "CONFLICT",
      "This clientId was used for another conversation.",
      { argumentPath: ["input", "clientId"] },
    );
  return { id: known.conversationId, isMade: false };
}

/**
 * Stores a new conversation. Returns false where the same call stored it before.
 * @throws {AppError} CONFLICT, also where a user made it and a service token asks
 */
async function make(
  tx: Db,
  viewer: Viewer,
  id: string,
  { title, founders, observers, receiptPolicy }: Draft,
): Promise<boolean> {
  const isNew = await creation.insertConversation(tx, {
    ...{ id, title, participants: founders.length, receiptPolicy },
    isMadeByService: viewer.isService,
  });
  if (isNew) {
    await creation.insertFounders(tx, id, founders, observers);
    return true;
  }
  const before = new Set(await creation.selectFounders(tx, id));
  const isSame =
    before.size === founders.length &&
    founders.every((userId) => before.has(userId)) &&
    (await mayBeFoundBy(tx, viewer, id));
  if (!isSame || !(await isPresent(tx, viewer, id)))
    throw new AppError("CONFLICT", "This id is taken.", {
      argumentPath: ["input", "id"],
    });
  return false;
}

/** Whoever takes part in nothing makes no conversation, and nobody makes one with them (R40). */
function refusalOf(
  { userId, isService }: Viewer,
  { participantIds, observerIds }: Draft,
  out: string,
): AppError {
  if (out === userId && !isService) return takesPartInNothing();
  const path = participantIds.includes(out)
    ? ["participantIds", participantIds.indexOf(out)]
    : ["observerIds", observerIds.indexOf(out)];
  return takesPartInNothing(["input", ...path]);
}

/**
 * Whether this kind of caller may come upon a conversation by its id. A user may have taken an id that the
 * host app is about to use: the host app is not handed that user's conversation as its own (R55).
 */
async function mayBeFoundBy(
  tx: Db,
  { isService }: Viewer,
  id: string,
): Promise<boolean> {
  return !isService || (await creation.selectIsMadeByService(tx, id)) !== false;
}

async function isPresent(
  tx: Db,
  { userId, isService }: Viewer,
  id: string,
): Promise<boolean> {
  return (
    isService || (await membership.selectPresent(tx, id, [userId])).has(userId)
  );
}

/**
 * SHA-256 of all that a repeat must have in common with the first call. The order of members says nothing. A
 * call without observers and under FULL has the digest that it had before there were any.
 */
function digestOf({
  title,
  founders: [owner, ...members],
  observers,
  receiptPolicy,
}: Draft): string {
  const further = [observers.toSorted(), receiptPolicy];
  const isPlain = observers.length === 0 && receiptPolicy === "FULL";
  return createHash("sha256")
    .update(
      JSON.stringify([
        ...[title, owner, members.toSorted()],
        ...(isPlain ? [] : further),
      ]),
    )
    .digest("base64url");
}

/** The users of a new conversation, the owner first. */
function foundersOf(
  viewer: Viewer,
  participantIds: readonly string[],
  observerIds: readonly string[],
): string[] {
  if (viewer.isService && participantIds.length === 0)
    throw badInput(
      ["input", "participantIds"],
      "must name the owner at least.",
    );
  checkUserIds(["input", "participantIds"], participantIds);
  checkUserIds(["input", "observerIds"], observerIds);
  const named = [...participantIds, ...observerIds];
  const founders = new Set(
    viewer.isService ? named : [viewer.userId, ...named],
  );
  checkParticipantCount(["input", "participantIds"], founders.size);
  return [...founders];
}
