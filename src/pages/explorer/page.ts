import type { Sample } from "./samples.js";

/** The data that the page starts with: one tab for each operation, with the token of its user. */
export interface PageData {
  /** Where the script fetches tabs with tokens; null where there are none, and for who may not have them. */
  readonly session: string | null;
  readonly tabs: readonly (Omit<Sample, "user"> & {
    readonly token: string | null;
  })[];
}

/** Renders the explorer's page. The page loads its assets from this server and has no inline script. */
export function explorerPage(
  assets: readonly string[],
  data: PageData,
): string {
  const styles = assets.filter((path) => path.endsWith(".css"));
  const scripts = assets.filter((path) => path.endsWith(".js"));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Acked explorer</title>
    <link rel="icon" href="data:," />
    ${styles.map((path) => `<link rel="stylesheet" href="${path}" />`).join("\n    ")}
    <style>html, body, #explorer { height: 100%; margin: 0; }</style>
  </head>
  <body>
    <div id="explorer"></div>
    <script type="application/json" id="data">${escapeForScript(JSON.stringify(data))}</script>
    ${scripts.map((path) => `<script src="${path}"></script>`).join("\n    ")}
  </body>
</html>
`;
}

/** Escapes JSON so that the JSON cannot end the script element around it. */
function escapeForScript(json: string): string {
  return json
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/**
 * The page's own script, for the browser. Each load makes the tabs anew, so that their tokens are
 * always valid. The headers of a tab go with its requests and, as connectionParams, with its socket.
 */
export const browserScript = `"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const kept = new Map();
const storage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => void kept.set(key, value),
  removeItem: (key) => void kept.delete(key),
  clear: () => kept.clear(),
  get length() { return kept.size; },
};
const subscriptionUrl = location.href.replace(/^http/, "ws").replace(/[?#].*/, "");
async function fetchTabs() {
  if (data.session === null) return data.tabs;
  const response = await fetch(data.session, { headers: { "x-acked-demo": "1" } });
  return response.ok ? (await response.json()).tabs : data.tabs;
}
const bearer = (token) => ({ authorization: "Bearer " + (token ?? "…") });
const open = (tabs) => {
  const defaultTabs = tabs.map(({ query, variables, token }) => ({
    query,
    variables: JSON.stringify(variables, null, 2),
    headers: JSON.stringify(bearer(token), null, 2),
  }));
  ReactDOM.createRoot(document.getElementById("explorer")).render(
    React.createElement(GraphiQL, {
      ...defaultTabs[0], // GraphiQL fills the first tab from these properties alone
      // GraphiQL asks for the schema before it has looked at the headers of a tab.
      fetcher: GraphiQL.createFetcher({
        url: location.pathname, subscriptionUrl, headers: bearer(tabs[0]?.token),
      }),
      storage,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: "headers",
      defaultTabs,
    }),
  );
};
void fetchTabs().then(open, () => open(data.tabs));
`;
