import { Fragment, useRef, useState, useSyncExternalStore } from "react";
import { useApp } from "../app-context.js";
import type { OpenConversation } from "../inbox/queries.js";
import { EarlierMessages } from "./earlier-messages.js";
import { MessageBubble } from "./message-bubble.js";
import { MessageInfo } from "./message-info.js";
import { timelineEntries, timeOf, type Entry } from "./timeline-entries.js";
import { dayName, isSameDay } from "../words/times.js";
import { useScrollToOwn } from "./use-scroll-to-own.js";
import { WaitingBubble } from "./waiting-bubble.js";

/** The messages of a conversation from oldest to newest, then the messages that wait to be sent. */
export function Timeline({
  conversation,
  isGroup,
}: {
  conversation: OpenConversation;
  isGroup: boolean;
}) {
  const { me, outbox } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const [infoId, setInfoId] = useState<string | null>(null);
  const items = useSyncExternalStore(outbox.onChange, () => outbox.items);
  const { id, messages, viewerParticipant } = conversation;
  const readUpToSeq = viewerParticipant?.readUpToSeq ?? 0;
  const [openedAt] = useState({
    readUpToSeq,
    isUnread: conversation.unreadCount > 0,
    newestSeq: messages.nodes.at(-1)?.seq ?? 0,
  });
  const entries = timelineEntries(id, messages.nodes, items, me.id);
  useScrollToOwn(scroller, entries, me.id);

  /** The first message that was unread when the conversation was opened. */
  const firstLoadedUnread = entries.find(
    (entry) =>
      entry.kind === "stored" &&
      entry.message.sender.id !== me.id &&
      entry.message.seq > openedAt.readUpToSeq &&
      entry.message.seq <= openedAt.newestSeq,
  );
  // Before the oldest loaded message there may be unread ones.
  const isLoaded =
    !messages.pageInfo.hasPreviousPage ||
    (messages.nodes[0]?.seq ?? 0) <= openedAt.readUpToSeq + 1;
  const firstUnread = isLoaded ? firstLoadedUnread : undefined;
  return (
    <>
      {/* A reversed scroller stays at the newest message, and stays where it is when earlier messages come. */}
      <div
        className="timeline"
        ref={scroller}
        role="log"
        aria-label="Messages"
        tabIndex={0}
      >
        <div className="timeline-content">
          {messages.pageInfo.hasPreviousPage && (
            <EarlierMessages conversationId={id} />
          )}
          {entries.map((entry, i) => (
            <Fragment key={entry.key}>
              <DayBefore entry={entry} previous={entries[i - 1]} />
              {entry === firstUnread && (
                <p className="divider unread-divider">New</p>
              )}
              {entry.kind === "waiting" ? (
                <WaitingBubble item={entry.item} />
              ) : (
                <MessageBubble
                  message={entry.message}
                  isGroup={isGroup}
                  // Messages that were marked as unread may have been read before.
                  isUnread={
                    openedAt.isUnread || entry.message.seq > readUpToSeq
                  }
                  isFirstOfRun={
                    entry === firstUnread ||
                    !isSameSender(entry, entries[i - 1])
                  }
                  onInfo={() => setInfoId(entry.message.id)}
                />
              )}
            </Fragment>
          ))}
        </div>
      </div>
      {infoId !== null && (
        <MessageInfo
          messageId={infoId}
          conversationId={id}
          onClose={() => setInfoId(null)}
        />
      )}
    </>
  );
}

function DayBefore({
  entry,
  previous,
}: {
  entry: Entry;
  previous: Entry | undefined;
}) {
  const at = timeOf(entry);
  if (previous && isSameDay(timeOf(previous), at)) return null;
  return <p className="divider">{dayName(at)}</p>;
}

function isSameSender(entry: Entry, previous: Entry | undefined): boolean {
  return (
    entry.kind === "stored" &&
    previous?.kind === "stored" &&
    previous.message.sender.id === entry.message.sender.id &&
    isSameDay(previous.message.sentAt, entry.message.sentAt)
  );
}
