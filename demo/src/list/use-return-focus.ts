import { useEffect, useRef, type RefObject } from "react";

/** Gives the focus back to a conversation's row when the conversation is left. */
export function useReturnFocus(
  selectedId: string | null,
): RefObject<HTMLElement> {
  const list = useRef<HTMLElement>(null);
  const lastId = useRef(selectedId);
  useEffect(() => {
    const leftId = lastId.current;
    lastId.current = selectedId;
    if (selectedId !== null || leftId === null || !document.hasFocus()) return;
    list.current
      ?.querySelector<HTMLElement>(
        `[data-conversation="${CSS.escape(leftId)}"]`,
      )
      ?.focus();
  }, [selectedId]);
  return list;
}
