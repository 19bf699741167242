import { z } from "zod";
import { badInput } from "../foundation/errors.js";
import { isId } from "../foundation/limits.js";
import { decodeOpaque, encodeOpaque } from "../foundation/opaque.js";

/**
 * A position in the stream of changes: a time, and where it was read from one conversation that
 * conversation's exact place. In its own conversation the place counts; everywhere else the time.
 */
export interface StreamCursor {
  /** All before it is known: the commit horizon's settled time, in milliseconds since the epoch. */
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
  return encodeOpaque([
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
  const parsed = streamCursor.safeParse(decodeOpaque(text));
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
