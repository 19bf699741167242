import { useEffect, useRef } from "react";
import { useApp } from "../app-context.js";
import { Ticks } from "../controls/ticks.js";
import type { Message } from "../inbox/queries.js";
import { nameOf } from "../words/names.js";
import { tickState } from "../words/tick-state.js";
import { clockTime } from "../words/times.js";

/** A message that the server has. */
export function MessageBubble({
  message,
  isGroup,
  isUnread,
  isFirstOfRun,
  onInfo,
}: {
  message: Message;
  isGroup: boolean;
  isUnread: boolean;
  isFirstOfRun: boolean;
  onInfo: () => void;
}) {
  const { me, receipts, seen } = useApp();
  const element = useRef<HTMLElement>(null);
  const { id, seq, sender, status } = message;
  const conversationId = message.conversation.id;
  const isOwn = sender.id === me.id;
  const isToBeSeen = isUnread && !isOwn;
  useEffect(() => {
    if (!isToBeSeen || !element.current) return;
    return seen.observe(element.current, { id, seq, conversationId });
  }, [seen, isToBeSeen, id, seq, conversationId]);
  return (
    <article
      ref={element}
      className="message"
      data-testid="message"
      data-own={isOwn}
      data-seq={seq}
      data-state={isOwn ? tickState(status) : undefined}
      data-first={isFirstOfRun}
    >
      {isOwn && (
        <button
          type="button"
          className="icon-button info-button"
          aria-label="Message info"
          onClick={onInfo}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 7.4v3.4M8 5v.2" />
          </svg>
        </button>
      )}
      <div className="bubble">
        {isGroup && !isOwn && isFirstOfRun && (
          <p className="sender">{nameOf(sender)}</p>
        )}
        <Body message={message} />
        <p className="meta">
          {isOwn && status.totalRecipients > 1 && (
            <span className="summary">{status.summaryText}</span>
          )}
          <time dateTime={message.sentAt}>{clockTime(message.sentAt)}</time>
          {isOwn && <Ticks state={tickState(status)} />}
        </p>
      </div>
      {!isOwn && (
        <button
          type="button"
          className="icon-button info-button"
          aria-label="Mark as unread from here"
          onClick={() => receipts.markUnread({ id, conversationId })}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 4h12v8.5H2zM2.5 4.5 8 9l5.5-4.5" />
          </svg>
        </button>
      )}
    </article>
  );
}

function Body({ message: { body, deletedAt } }: { message: Message }) {
  if (typeof body === "string") return <p className="body">{body}</p>;
  return (
    <p className="body gone">{deletedAt ? "Message deleted" : "No text"}</p>
  );
}
