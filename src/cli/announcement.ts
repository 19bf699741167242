import type { Config } from "../config/config.js";
import { demoUsers } from "../pages/demo/demo-data.js";
import type { Server } from "../server.js";

/** The text that a ready server prints: one line of JSON for programs, or addresses and tokens for people. */
export async function announcement(
  { demo, logFormat }: Pick<Config, "demo" | "logFormat">,
  { url, metricsUrl, keys }: Pick<Server, "url" | "metricsUrl" | "keys">,
): Promise<string> {
  // Without a secret the server makes no tokens, and has no demo chat.
  const chat =
    demo && keys.kind === "secret"
      ? {
          url: new URL("/demo/", url).href,
          users: await demoUsers(keys.secret),
        }
      : null;
  if (logFormat === "json")
    return JSON.stringify({
      event: "ready",
      url,
      ...(metricsUrl !== null && { metricsUrl }),
      ...(chat && {
        demoUrl: chat.url,
        demoTokens: Object.fromEntries(
          chat.users.map(({ id, token }) => [id, token]),
        ),
      }),
    });
  const lines = [
    "",
    "  Acked is ready.",
    "",
    `  GraphQL      ${url}   (open it in a browser to explore)`,
    `  WebSocket    ${url.replace(/^http/, "ws")}`,
    ...(chat ? [`  Demo chat    ${chat.url}`] : []),
    `  Health       ${new URL("/readyz", url).href}`,
    ...(metricsUrl === null ? [] : [`  Metrics      ${metricsUrl}`]),
  ];
  if (chat) {
    lines.push("", "  To paste, with tokens that are good for a day:", "");
    for (const { name, token } of [...chat.users].reverse())
      lines.push(`export TOKEN=${token}   # ${name}`);
    lines.push(tryIt(url));
  }
  return [...lines, ""].join("\n");
}

/** A first query, for a shell. */
function tryIt(url: string): string {
  const query =
    "{ viewer { displayName } conversations { nodes { id title } } }";
  return `curl -s ${url} -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '${JSON.stringify({ query })}'`;
}
