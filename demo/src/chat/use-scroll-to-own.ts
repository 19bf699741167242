import { useLayoutEffect, type RefObject } from "react";
import type { Entry } from "./timeline-entries.js";

/** Scrolls to the newest message when the user has written it. */
export function useScrollToOwn(
  scroller: RefObject<HTMLElement | null>,
  entries: readonly Entry[],
  myId: string,
): void {
  const newest = entries.at(-1);
  const newestKey = newest?.key;
  const isOwn =
    newest?.kind === "waiting" || newest?.message.sender.id === myId;
  useLayoutEffect(() => {
    // The scroller is reversed: 0 is its end.
    if (isOwn) scroller.current?.scrollTo({ top: 0 });
  }, [scroller, newestKey, isOwn]);
}
