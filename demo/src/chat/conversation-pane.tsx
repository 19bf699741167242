import { useQuery } from "@apollo/client/react";
import { useEffect, useState } from "react";
import { useApp } from "../app-context.js";
import {
  conversationQuery,
  type ListedConversation,
} from "../inbox/queries.js";
import { Composer } from "./composer.js";
import { nameOf, titleOf } from "../words/names.js";
import { People } from "./people.js";
import { Timeline } from "./timeline.js";

/** The open conversation. */
export function ConversationPane({
  listed,
  onBack,
}: {
  listed: ListedConversation;
  onBack: () => void;
}) {
  const { me, inbox, seen } = useApp();
  const [isShowingPeople, setShowingPeople] = useState(false);
  const { query, variables } = conversationQuery(listed.id);
  const { data } = useQuery(query, { variables, fetchPolicy: "cache-only" });
  useEffect(() => {
    inbox.open(listed.id);
    seen.opened(listed.id);
  }, [inbox, seen, listed.id]);
  const title = titleOf(listed, me.id);
  const isGroup = listed.participants.totalCount > 2;
  return (
    <section className="conversation" aria-label={title}>
      <header className="pane-header">
        <button
          type="button"
          className="icon-button back"
          aria-label="Back"
          onClick={onBack}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M10 3 5 8l5 5" />
          </svg>
        </button>
        <div className="conversation-title">
          <h2>{title}</h2>
          {isGroup && <p>{peopleText(listed)}</p>}
        </div>
        <button
          type="button"
          className="quiet-button"
          onClick={() => setShowingPeople(true)}
        >
          People
        </button>
      </header>
      {data?.conversation ? (
        <Timeline conversation={data.conversation} isGroup={isGroup} />
      ) : (
        <div className="timeline" aria-busy="true" />
      )}
      <Composer conversationId={listed.id} />
      {isShowingPeople && (
        <People conversation={listed} onClose={() => setShowingPeople(false)} />
      )}
    </section>
  );
}

function peopleText({ participants }: ListedConversation): string {
  const names = participants.nodes.map(({ user }) => nameOf(user));
  const more = participants.totalCount - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
