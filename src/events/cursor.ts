import { badInput } from "../errors.js";

/**
 * A position in the stream of changes: a time, and where it was read from one conversation that
 * conversation's exact place. In its own conversation the place counts; everywhere else the time.
 */
export interface StreamCursor {
  /** Milliseconds since the epoch by the database's clock. */
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

/** The opaque text of a position in the stream. */
export function encodeCursor({ atMs, place, page }: StreamCursor): string {
  return encode("c1", [
    atMs,
    place && [place.conversationId, place.version, place.lastSeq],
    page ? [page.changedAtMs, page.conversationId, page.startedMs] : null,
  ]);
}

/**
 * @throws {AppError} BAD_USER_INPUT where it is none of ours
 */
export function decodeCursor(text: string, argument = "after"): StreamCursor {
  const parts = decode("c1", text);
  if (parts?.length === 3) {
    const [atMs, place, page] = parts;
    const isPlaced = isTuple(place, "string", "number", "number");
    const isPaged = isTuple(page, "number", "string", "number");
    if (
      isCount(atMs) &&
      (place === null || isPlaced) &&
      (page === null || isPaged)
    )
      return {
        atMs,
        place: isPlaced
          ? { conversationId: place[0], version: place[1], lastSeq: place[2] }
          : null,
        ...(isPaged && {
          page: {
            changedAtMs: page[0],
            conversationId: page[1],
            startedMs: page[2],
          },
        }),
      };
  }
  throw badInput([argument], "is not a cursor of the stream.");
}

/** The opaque text of a place in a list. */
export function encodeListCursor(
  list: string,
  ...parts: (string | number)[]
): string {
  return encode(list, parts);
}

/**
 * @throws {AppError} BAD_USER_INPUT where it is no place in this list
 */
export function decodeListCursor(
  list: string,
  text: string,
  argument: string,
): (string | number)[] {
  const parts = decode(list, text);
  if (parts?.every((part) => typeof part === "string" || isCount(part)))
    return parts;
  throw badInput([argument], "is not a cursor of this list.");
}

function encode(kind: string, parts: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([kind, ...parts])).toString("base64url");
}

function decode(kind: string, text: string): unknown[] | null {
  if (text.length > 2_048 || !/^[\w-]+$/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(
      Buffer.from(text, "base64url").toString(),
    );
    return Array.isArray(value) && value[0] === kind ? value.slice(1) : null;
  } catch {
    return null;
  }
}

interface Primitive {
  string: string;
  number: number;
}

function isTuple<
  A extends keyof Primitive,
  B extends keyof Primitive,
  C extends keyof Primitive,
>(
  value: unknown,
  ...types: [A, B, C]
): value is [Primitive[A], Primitive[B], Primitive[C]] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    types.every(
      (type, i) =>
        typeof value[i] === type && (type === "string" || isCount(value[i])),
    )
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
