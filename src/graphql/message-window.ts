import { badInput } from "../foundation/errors.js";
import { decodeListCursor, messageList } from "./list-cursor.js";
import { checkCount, limits } from "../foundation/limits.js";

const defaultPage = 50;

/** Which messages a page asks for: between two seqs, both excluded, counted from one end. */
export interface MessageWindow {
  readonly above: number;
  readonly below: number;
  readonly limit: number;
  readonly fromEnd: boolean;
}

/** Reads Relay's paging arguments. With neither `first` nor `last`: the newest 50, or with `after` the next 50. */
export function messageWindow(args: {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}): MessageWindow {
  const { first = null, after = null, last = null, before = null } = args;
  if (first !== null && last !== null)
    throw badInput(["last"], "goes without `first`.");
  const fromEnd = last !== null || (first === null && after === null);
  const limit = checkCount(
    [fromEnd ? "last" : "first"],
    (fromEnd ? last : first) ?? defaultPage,
    limits.page,
  );
  return {
    above: after === null ? 0 : seqOf(after, "after"),
    below: before === null ? Number.MAX_SAFE_INTEGER : seqOf(before, "before"),
    limit,
    fromEnd,
  };
}

function seqOf(cursor: string, argument: string): number {
  const [, seq] = decodeListCursor(messageList, cursor, argument);
  return seq;
}
