import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./explorer.css";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { ActAs } from "./act-as.js";
import { Events } from "./events.js";
import { memoryStorage } from "./memory-storage.js";
import { createFetcher, type Sender } from "./request.js";
import { fetchSession } from "./session.js";
import { inbox, tour } from "./tour.js";
import { Watches } from "./watches.js";

const { people, conversationId, messageId = null } = await fetchSession();
const steps =
  conversationId === undefined ? inbox : tour(conversationId, messageId);
const firstIds = steps.map(({ personId }) => personId);
const first = people.find(({ id }) => id === firstIds[0]);

let sender: Sender = { name: first?.name ?? "", token: first?.token ?? "" };
const setSender = (now: Sender) => {
  sender = now;
};
const watches = new Watches();
const fetcher = createFetcher(() => sender, watches);
const storage = memoryStorage();
const tabs = steps.map(({ query, variables }) => ({
  query,
  variables: JSON.stringify(variables, null, 2),
}));

const root = document.getElementById("explorer");
if (root)
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={tabs}
      shouldPersistHeaders={false}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <div className="who">
          <ActAs people={people} firstIds={firstIds} onChange={setSender} />
          {people.length > 0 && <a href="/demo/">Demo chat</a>}
          <strong>Acked</strong>
        </div>
      </GraphiQL.Logo>
      <Events watches={watches} />
    </GraphiQL>,
  );
