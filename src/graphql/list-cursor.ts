import { z } from "zod";
import { badInput } from "../foundation/errors.js";
import { isId } from "../foundation/limits.js";
import type { Seal } from "../foundation/seal.js";
import type { Services } from "../services.js";
import { isGiven } from "./connection.js";

const count = z.int().nonnegative();
/** Up to the end of the year 9999: JavaScript and Postgres both read such a time back. */
const time = count.max(253_402_300_799_999);
const id = z.string().refine(isId);

/** A list that clients read in pages. The schema describes a place in the list; its first item tells lists apart. */
export interface List<Place extends [string, ...unknown[]]> {
  readonly place: z.ZodType<Place>;
}

/** Conversations by the time of their last activity, in milliseconds since the epoch, and id. */
export const inboxList = { place: z.tuple([z.literal("i1"), time, id]) };
/** Messages by sequence number. */
export const messageList = { place: z.tuple([z.literal("m1"), count]) };
/** Participants by user id. */
export const participantList = { place: z.tuple([z.literal("p1"), id]) };
/** Recipients by user id. */
export const recipientList = { place: z.tuple([z.literal("r1"), id]) };

const purpose = "list";

/** The opaque text of a place in a list. */
export function encodeListCursor<Place extends [string, ...unknown[]]>(
  seal: Seal,
  _list: List<Place>,
  ...place: Place
): string {
  return seal.seal(purpose, place);
}

/**
 * The place in a list that a text stands for.
 * @throws {AppError} BAD_USER_INPUT for a text that is no place in this list
 */
export function decodeListCursor<Place extends [string, ...unknown[]]>(
  seal: Seal,
  list: List<Place>,
  text: string,
  argument: string,
): Place {
  const parsed = list.place.safeParse(seal.open(purpose, text));
  if (parsed.success) return parsed.data;
  throw noCursorOf(argument);
}

/**
 * The user id after which a page of users begins; "" for the first page. A cursor from before an erasure may stand at
 * the user who was erased: it is good for nothing any more (R41), since what comes after it would tell of the id.
 * @throws {AppError} BAD_USER_INPUT for a text that is no place in this list, and for the place of an erased user
 */
export async function userIdAfter(
  { seal, users }: Pick<Services, "seal" | "users">,
  list: List<[string, string]>,
  after: string | null | undefined,
): Promise<string> {
  if (!isGiven(after)) return "";
  const [, userId] = decodeListCursor(seal, list, after, "after");
  if (await users.isKnown(userId)) return userId;
  throw noCursorOf("after");
}

const noCursorOf = (argument: string) =>
  badInput([argument], "is not a cursor of this list.");
