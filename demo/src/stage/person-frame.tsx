import { useEffect, useRef } from "react";
import type { Person } from "../connection/session.js";

/** One person's chat on the stage. */
export function PersonFrame({
  person: { id, name },
  conversationId,
  isInFront,
  takesFocus,
}: {
  person: Person;
  conversationId: string;
  isInFront: boolean;
  /** Whether the frame takes the focus when it comes to the front: a focused frame reads. */
  takesFocus: boolean;
}) {
  const frame = useRef<HTMLIFrameElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (takesFocus && !isFirst.current) frame.current?.contentWindow?.focus();
    isFirst.current = false;
  }, [takesFocus]);
  const address = `/demo/?as=${encodeURIComponent(id)}`;
  return (
    <section className="person-frame" hidden={!isInFront} aria-label={name}>
      <iframe
        ref={frame}
        title={name}
        src={`${address}#${encodeURIComponent(conversationId)}`}
      />
    </section>
  );
}
