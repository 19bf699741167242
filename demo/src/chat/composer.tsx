import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useApp } from "../app-context.js";

/** The field for new messages: Enter sends, Shift and Enter break the line. */
export function Composer({ conversationId }: { conversationId: string }) {
  const { outbox } = useApp();
  const [body, setBody] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const isEmpty = body.trim() === "";

  useEffect(() => {
    // In a frame without focus this would take the focus from the other frames, and the focused frame
    // marks messages as read.
    if (document.hasFocus()) field.current?.focus();
  }, []);

  function send(): void {
    if (isEmpty) return;
    outbox.send({ conversationId, body: body.trim() });
    setBody("");
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isSending =
      event.key === "Enter" &&
      !event.shiftKey &&
      !event.nativeEvent.isComposing;
    if (!isSending) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        aria-label="Message"
        placeholder="Message"
        rows={1}
        enterKeyHint="send"
        value={body}
        onChange={({ target }) => setBody(target.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        className="send"
        aria-label="Send"
        aria-disabled={isEmpty}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 13V3M3.5 7.5 8 3l4.5 4.5" />
        </svg>
      </button>
    </form>
  );
}
