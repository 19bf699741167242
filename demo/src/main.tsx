import { ApolloProvider } from "@apollo/client/react";
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { createApp } from "./app.js";
import { AppContext } from "./app-context.js";
import { ChatPage } from "./chat/chat-page.js";
import { fetchSession } from "./connection/session.js";
import { Notice } from "./controls/notice.js";
import { Stage } from "./stage/stage.js";

/** `/demo/?as=alice` is Alice's chat; `/demo/` is several of them side by side. */
async function page(): Promise<ReactNode> {
  const session = await fetchSession(fetch);
  const as = new URLSearchParams(location.search).get("as");
  if (as === null) return <Stage session={session} />;
  const me = session.people.find(({ id }) => id === as);
  if (!me) return <Notice text={`There is nobody called “${as}” here.`} />;
  document.title = `${me.name} · Acked demo chat`;
  const app = createApp(me, session);
  return (
    <AppContext.Provider value={app}>
      <ApolloProvider client={app.client}>
        <ChatPage />
      </ApolloProvider>
    </AppContext.Provider>
  );
}

const element = document.getElementById("root");
if (!element) throw new Error("The page has no root.");
const root = createRoot(element);
page().then(
  (shown) => root.render(<StrictMode>{shown}</StrictMode>),
  () =>
    root.render(
      <Notice text="The demo can't be reached. Reload to try again." />,
    ),
);
