import { useApp } from "../app-context.js";
import { nameOf, titleOf } from "../words/names.js";
import { tickState } from "../words/tick-state.js";
import { briefTime } from "../words/times.js";
import { Avatar } from "../controls/avatar.js";
import { Ticks } from "../controls/ticks.js";
import { VisuallyHidden } from "../controls/visually-hidden.js";
import type { ListedConversation } from "../inbox/queries.js";

/** A conversation in the list: its name, the last message with its ticks, and the badge. */
export function ConversationRow({
  conversation,
  isSelected,
  onSelect,
}: {
  conversation: ListedConversation;
  isSelected: boolean;
  onSelect: () => void;
}) {
  const { me } = useApp();
  const { lastMessage, unreadCount } = conversation;
  const title = titleOf(conversation, me.id);
  return (
    <button
      type="button"
      className="conversation-row"
      data-conversation={conversation.id}
      aria-current={isSelected ? "true" : undefined}
      onClick={onSelect}
    >
      <Avatar name={title} />
      <span className="row-title">{title}</span>
      {lastMessage && (
        <time className="row-time" dateTime={lastMessage.sentAt}>
          {briefTime(lastMessage.sentAt)}
        </time>
      )}
      <span className="row-preview">
        <Preview conversation={conversation} myId={me.id} />
      </span>
      {unreadCount > 0 && (
        <>
          <span className="badge" data-testid="unread" aria-hidden="true">
            {unreadCount}
          </span>
          <VisuallyHidden>{unreadCount} unread</VisuallyHidden>
        </>
      )}
    </button>
  );
}

function Preview({
  conversation: { lastMessage, participants },
  myId,
}: {
  conversation: ListedConversation;
  myId: string;
}) {
  if (!lastMessage) return "No messages yet";
  const { sender, body, status } = lastMessage;
  const text = body ?? "Message deleted";
  if (sender.id === myId)
    return (
      <>
        <Ticks state={tickState(status)} /> {text}
      </>
    );
  return participants.totalCount > 2 ? `${nameOf(sender)}: ${text}` : text;
}
