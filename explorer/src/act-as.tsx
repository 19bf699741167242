import { pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useLayoutEffect, useState } from "react";
import type { Sender } from "./request.js";
import type { Person } from "./session.js";

/** The choice of a token of the visitor's own. No person's id is empty. */
const own = "";

/**
 * Chooses who sends the operations of the tab that is open: somebody of the demo, or the holder of a
 * pasted token. Each tab keeps its choice; a new tab begins with that of the tab before it.
 * @param firstIds who sends the first tabs
 * @param onChange is told who sends now
 */
export function ActAs({
  people,
  firstIds,
  onChange,
}: {
  readonly people: readonly Person[];
  readonly firstIds: readonly (string | null)[];
  readonly onChange: (sender: Sender) => void;
}) {
  const { tabs, activeTabIndex } = useGraphiQL(pick("tabs", "activeTabIndex"));
  const { introspect } = useGraphiQLActions();
  const [byTab, setByTab] = useState<ReadonlyMap<string, string>>(
    () => new Map(tabs.map(({ id }, i) => [id, firstIds[i] ?? own])),
  );
  const [latest, setLatest] = useState(firstIds[0] ?? own);
  const [pasted, setPasted] = useState("");

  const tabId = tabs[activeTabIndex]?.id ?? "";
  const chosen = byTab.get(tabId) ?? latest;
  const choose = (id: string) => {
    setByTab(new Map(byTab).set(tabId, id));
    setLatest(id);
  };
  if (!byTab.has(tabId) || latest !== chosen) choose(chosen);

  const person = people.find(({ id }) => id === chosen);
  const name = person?.name ?? "the token’s user";
  const token = person?.token ?? pasted;
  useLayoutEffect(() => onChange({ name, token }), [onChange, name, token]);

  return (
    <>
      {people.length > 0 && (
        <label>
          Act as{" "}
          <select
            value={chosen}
            onChange={(event) => choose(event.target.value)}
          >
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
            <option value={own}>a token’s user</option>
          </select>
        </label>
      )}
      {chosen === own && (
        <label>
          Token{" "}
          <input
            value={pasted}
            onChange={(event) => setPasted(event.target.value.trim())}
            // The documentation is read as whoever the token is of.
            onBlur={() => void introspect()}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
      )}
    </>
  );
}
