import { useState } from "react";
import type { Session } from "../connection/session.js";
import { PersonFrame } from "./person-frame.js";
import { StageTabs } from "./stage-tabs.js";
import { StageToggles } from "./stage-toggles.js";
import { useMedia } from "./use-media.js";

/** On narrower screens the stage shows one person at a time. */
const narrow = "(max-width: 719px)";

/** Several people side by side. Each has a document of their own, like a device. */
export function Stage({ session }: { session: Session }) {
  const { people, conversationId } = session;
  const isNarrow = useMedia(narrow);
  const [present, setPresent] = useState<readonly string[]>(
    people.slice(0, 2).map(({ id }) => id),
  );
  const [front, setFront] = useState(present[0]);

  const bring = (id: string) => {
    setFront(id);
    if (!present.includes(id)) setPresent([...present, id]);
  };
  const toggle = (id: string) =>
    setPresent(
      present.includes(id)
        ? present.filter((other) => other !== id)
        : [...present, id],
    );

  return (
    <div className="stage" data-narrow={isNarrow}>
      <header className="stage-header">
        <h1>Acked</h1>
        <p>
          {isNarrow
            ? "Everybody has a device of their own. Switch to one and its owner is looking: only then are messages read."
            : "Each frame is one person’s own device. Click into it and they are looking: only then are messages read."}
        </p>
        {isNarrow ? (
          <StageTabs people={people} frontId={front} onBring={bring} />
        ) : (
          <StageToggles people={people} present={present} onToggle={toggle} />
        )}
      </header>
      <main className="stage-frames">
        {people
          .filter(({ id }) => present.includes(id))
          .map((person) => (
            <PersonFrame
              key={person.id}
              person={person}
              conversationId={conversationId}
              isInFront={!isNarrow || person.id === front}
              takesFocus={isNarrow && person.id === front}
            />
          ))}
      </main>
    </div>
  );
}
