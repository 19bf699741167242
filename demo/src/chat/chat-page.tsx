import { useQuery } from "@apollo/client/react";
import { listQuery } from "../inbox/queries.js";
import { ConversationList } from "../list/conversation-list.js";
import { ConversationPane } from "./conversation-pane.js";
import { DeviceBar } from "./device-bar.js";
import { useSelection } from "./use-selection.js";
import { Waiting } from "./waiting.js";

/** One person's chat. */
export function ChatPage() {
  const [selectedId, select] = useSelection();
  const { data, previousData } = useQuery(listQuery.query, {
    variables: listQuery.variables,
    fetchPolicy: "cache-only",
  });
  // Under many messages, an event may name a last message that is not in the cache yet.
  const listed = (data ?? previousData)?.conversations.nodes;
  const selected = listed?.find(({ id }) => id === selectedId);
  return (
    <div className="chat-page" data-showing={selected ? "chat" : "list"}>
      <DeviceBar />
      <Waiting />
      <main className="panes">
        <ConversationList
          conversations={listed}
          selectedId={selected?.id ?? null}
          onSelect={select}
        />
        {selected ? (
          <ConversationPane
            key={selected.id}
            listed={selected}
            onBack={() => select(null)}
          />
        ) : (
          <div className="no-conversation">
            <p>Choose a conversation.</p>
          </div>
        )}
      </main>
    </div>
  );
}
