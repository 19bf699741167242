import { useState } from "react";
import { flushSync } from "react-dom";
import type { ListedConversation } from "../inbox/queries.js";
import { ConversationRow } from "./conversation-row.js";
import { NewGroup } from "./new-group.js";
import { useReturnFocus } from "./use-return-focus.js";

/** All conversations, the most recently active first. */
export function ConversationList({
  conversations,
  selectedId,
  onSelect,
}: {
  conversations: readonly ListedConversation[] | undefined;
  selectedId: string | null;
  onSelect: (id: string) => void;
}) {
  const list = useReturnFocus(selectedId);
  const [isMakingGroup, setMakingGroup] = useState(false);
  const ordered = [...(conversations ?? [])].sort(byActivity);
  return (
    <nav ref={list} className="conversation-list" aria-label="Conversations">
      <header className="pane-header">
        <h2>Chats</h2>
        <button
          type="button"
          className="quiet-button"
          onClick={() => setMakingGroup(true)}
        >
          New group
        </button>
      </header>
      {conversations?.length === 0 && (
        <p className="hint">Nobody has written to you yet. Begin a group.</p>
      )}
      <ul>
        {ordered.map((conversation) => (
          <li key={conversation.id}>
            <ConversationRow
              conversation={conversation}
              isSelected={conversation.id === selectedId}
              onSelect={() => onSelect(conversation.id)}
            />
          </li>
        ))}
      </ul>
      {isMakingGroup && (
        <NewGroup
          onClose={() => setMakingGroup(false)}
          onMade={(id) => {
            // The page behind a dialog cannot take the focus, so the dialog closes first.
            flushSync(() => setMakingGroup(false));
            onSelect(id);
          }}
        />
      )}
    </nav>
  );
}

function byActivity(a: ListedConversation, b: ListedConversation): number {
  const activeAt = ({ lastMessage, createdAt }: ListedConversation) =>
    Date.parse(lastMessage?.sentAt ?? createdAt);
  return activeAt(b) - activeAt(a);
}
