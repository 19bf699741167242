import { follow } from "../follow.js";
import { MessageInfoChangedDocument } from "../generated/operations.js";
import type { Acked } from "./acked.js";
import { pageSize } from "./source.js";

/** Keeps the recipients of a conversation's messages up to date in the cache. Returns how to stop. */
export function followInfo(
  { source, connectivity, cursor }: Acked,
  conversationId: string,
): () => void {
  return follow({
    connectivity,
    subscribe: (variables, sink) =>
      source.subscribe(MessageInfoChangedDocument, { ...variables }, sink),
    // The inbox has not gone past its cursor, so the answers that are on their way are newer.
    variables: { conversationId, first: pageSize, after: cursor },
    onData: () => undefined,
    // The inbox gets a reset then, and reads what is on screen anew.
    onCursorRefused: () => null,
  }).stop;
}
