import { z } from "zod";
import { badInput } from "../foundation/errors.js";
import { isId } from "../foundation/limits.js";
import type { Seal } from "../foundation/seal.js";
import { isSnapshot, type Snapshot } from "./snapshot.js";

/** A change that is known to have happened, by which a cursor can prove itself after a restore (R54). */
export interface Witness {
  readonly conversationId: string;
  readonly version: number;
  /** The newest message then. */
  readonly lastSeq: number;
  /** The transaction that made the version; 0 where that is not known, which proves nothing. */
  readonly xid: number;
  /** When the version was made, in milliseconds since the epoch. */
  readonly changedMs: number;
}

/**
 * A position in the stream of changes. In the conversation that the cursor was read from, the position is
 * `origin`; in every other conversation, it is after all changes that `snapshot` sees.
 */
export interface StreamCursor {
  /** The timeline of the database that gave it out. */
  readonly timeline: number;
  readonly snapshot: Snapshot;
  /** The conversation that it was read from, and where that stood. */
  readonly origin: Witness | null;
  /** The newest change that the snapshot sees, as far as the node knew. */
  readonly witness: Witness | null;
  /** Within the pages of `statusChanges` over all conversations. */
  readonly page?: {
    /** The conversation that the page ended with, and the transaction that changed it last. */
    readonly changedXid: number;
    readonly conversationId: string;
    /** What was seen when the first page was read: the last page ends there. */
    readonly started: Snapshot;
  };
}

/** Cursors of the stream as clients hold them. */
export interface StreamCursors {
  /** The opaque text of a position in the stream. */
  encode(cursor: StreamCursor): string;
  /** @throws {AppError} BAD_USER_INPUT where this service did not make the text */
  decode(text: string, argument?: string): StreamCursor;
}

const count = z.int().nonnegative();
const snapshot = z.string().refine(isSnapshot);
const id = z.string().refine(isId);
const witness = z.tuple([id, count, count, count, count]).nullable();
const form = z.tuple([
  count,
  snapshot,
  witness,
  witness,
  z.tuple([count, id, snapshot]).nullable(),
]);

const purpose = "stream";

/*
 * The length of a cursor follows from the ids of the conversations that its holder asked about, and from
 * nothing else: not from how many digits a version or a transaction has, nor from where the newest change of
 * all was (R57). Only where very many transactions were open in the snapshot is it longer.
 */

/** Witnesses in conversations with longer ids are left out, in bytes of JSON. */
const longestWitness = 66;
/** What all but the ids takes at most: two sets of numbers, a snapshot, and the id of a witness. */
const allElse = 232;
/** What a page takes beside its id. */
const ofPage = 64;

const bytesOf = (id: string) => Buffer.byteLength(JSON.stringify(id));

/** A cursor of before there were timelines. It is answered like one of a lost timeline (R25). */
const beforeTimelines = z.tuple([
  z.literal("c2"),
  count,
  z.tuple([id, count, count]).nullable(),
  z.tuple([count, id, count]).nullable(),
]);

/** A cursor of a timeline before every other. */
const noTimeline: StreamCursor = {
  timeline: 0,
  snapshot: "1:1:",
  origin: null,
  witness: null,
};

/** Seals positions of the stream as cursors. */
export function createStreamCursors(seal: Seal): StreamCursors {
  return {
    encode: ({ timeline, snapshot, origin, witness, page }) => {
      const values = [
        timeline,
        snapshot,
        origin && fields(origin),
        witness && bytesOf(witness.conversationId) <= longestWitness
          ? fields(witness)
          : null,
        page ? [page.changedXid, page.conversationId, page.started] : null,
      ];
      const named = [origin?.conversationId, page?.conversationId];
      const ids = named.map((id) => (id === undefined ? 0 : bytesOf(id)));
      const least = ids.reduce((sum, bytes) => sum + bytes, allElse);
      return seal.seal(purpose, values, page ? least + ofPage : least);
    },

    decode(text, argument = "after") {
      const parsed = form.safeParse(seal.open(purpose, text));
      if (!parsed.success) {
        if (isFromBeforeTimelines(text)) return noTimeline;
        throw badInput([argument], "is not a cursor of the stream.");
      }
      const [timeline, snapshot, origin, witness, page] = parsed.data;
      return {
        timeline,
        snapshot,
        origin: origin && named(origin),
        witness: witness && named(witness),
        ...(page && {
          page: {
            changedXid: page[0],
            conversationId: page[1],
            started: page[2],
          },
        }),
      };
    },
  };
}

function fields({ conversationId, version, lastSeq, xid, changedMs }: Witness) {
  return [conversationId, version, lastSeq, xid, changedMs] as const;
}

function named([conversationId, version, lastSeq, xid, changedMs]: ReturnType<
  typeof fields
>): Witness {
  return { conversationId, version, lastSeq, xid, changedMs };
}

function isFromBeforeTimelines(text: string): boolean {
  if (text.length > 2_048) return false;
  try {
    const json = Buffer.from(text, "base64url").toString();
    return beforeTimelines.safeParse(JSON.parse(json)).success;
  } catch {
    return false;
  }
}
