import { z } from "zod";
import { badInput } from "../foundation/errors.js";
import { isId } from "../foundation/limits.js";

/**
 * A position in the stream of changes: a time, and where it was read from one conversation that
 * conversation's exact place. In its own conversation the place counts; everywhere else the time.
 */
export interface StreamCursor {
  /** All before it is known: a {@link Horizon}'s settled time, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly place: {
    readonly conversationId: string;
    readonly version: number;
    /** The newest message then. */
    readonly lastSeq: number;
  } | null;
  /** Within the pages of `statusChanges`: the conversation that the page ended with. */
  readonly page?: {
    readonly changedAtMs: number;
    readonly conversationId: string;
    readonly startedMs: number;
  };
}

const count = z.int().nonnegative();
/** To the end of the year 9999: what both JavaScript and Postgres can read back. */
const time = count.max(253_402_300_799_999);
const id = z.string().refine(isId);

const streamCursor = z.tuple([
  z.literal("c2"),
  time,
  z.tuple([id, count, count]).nullable(),
  z.tuple([time, id, time]).nullable(),
]);

/** The opaque text of a position in the stream. */
export function encodeCursor({ atMs, place, page }: StreamCursor): string {
  return encode([
    "c2",
    atMs,
    place && [place.conversationId, place.version, place.lastSeq],
    page ? [page.changedAtMs, page.conversationId, page.startedMs] : null,
  ]);
}

/**
 * @throws {AppError} BAD_USER_INPUT where it is none of ours
 */
export function decodeCursor(text: string, argument = "after"): StreamCursor {
  const parsed = streamCursor.safeParse(decode(text));
  if (!parsed.success)
    throw badInput([argument], "is not a cursor of the stream.");
  const [, atMs, place, page] = parsed.data;
  return {
    atMs,
    place: place && {
      conversationId: place[0],
      version: place[1],
      lastSeq: place[2],
    },
    ...(page && {
      page: {
        changedAtMs: page[0],
        conversationId: page[1],
        startedMs: page[2],
      },
    }),
  };
}

/** A list that is read in pages: what a place in it is. */
export interface List<Place extends [string, ...unknown[]]> {
  readonly place: z.ZodType<Place>;
}

/** Conversations by when they were last active, in milliseconds since the epoch, and id. */
export const inboxList = { place: z.tuple([z.literal("i1"), time, id]) };
/** Messages by seq. */
export const messageList = { place: z.tuple([z.literal("m1"), count]) };
/** Participants by user id. */
export const participantList = { place: z.tuple([z.literal("p1"), id]) };
/** Recipients by user id. */
export const recipientList = { place: z.tuple([z.literal("r1"), id]) };

/** The opaque text of a place in a list. */
export function encodeListCursor<Place extends [string, ...unknown[]]>(
  _list: List<Place>,
  ...place: Place
): string {
  return encode(place);
}

/**
 * @throws {AppError} BAD_USER_INPUT where it is no place in this list
 */
export function decodeListCursor<Place extends [string, ...unknown[]]>(
  list: List<Place>,
  text: string,
  argument: string,
): Place {
  const parsed = list.place.safeParse(decode(text));
  if (parsed.success) return parsed.data;
  throw badInput([argument], "is not a cursor of this list.");
}

function encode(parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function decode(text: string): unknown {
  if (text.length > 2_048 || !/^[\w-]+$/.test(text)) return null;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return null;
  }
}
