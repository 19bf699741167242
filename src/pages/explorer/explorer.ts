import type { FastifyInstance } from "fastify";
import { localOnly } from "../local-only.js";
import {
  findBuiltPage,
  refuse,
  sendPage,
  serveAssets,
  type PageSources,
} from "../static-page.js";

/** Somebody whom the explorer may act as. */
export interface ExplorerUser {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** The users and the conversation of the explorer's tour. */
export interface ExplorerOptions {
  /** Null where there are no users: there is then no tour. */
  readonly users: (() => Promise<readonly ExplorerUser[]>) | null;
  readonly conversationId: string;
  /** The id of the conversation's first message, which the tour marks; null where there is none. */
  readonly firstMessageId: () => Promise<string | null>;
}

/** The editor sets styles on its elements, and carries fonts in its style sheet. */
const sources: PageSources = {
  styles: "'self' 'unsafe-inline'",
  fonts: "'self' data:",
  ancestors: "'none'",
};

const postInstead = {
  errors: [
    {
      message: "Send operations with POST.",
      extensions: { code: "BAD_USER_INPUT" },
    },
  ],
};

/**
 * Adds `GET /graphql` for browsers: an explorer that works without the internet. Its page holds no token;
 * the page's script asks `/explorer/session.json` for people, their tokens and what the tour speaks of.
 * Where the page was not built, a browser gets 404 and the command that builds it.
 */
export async function registerExplorer(
  app: FastifyInstance,
  { users, conversationId, firstMessageId }: ExplorerOptions,
): Promise<void> {
  const page = await findBuiltPage("explorer-page");
  if (page) serveAssets(app, "/explorer/assets", page);
  app.get("/graphql", (request, reply) => {
    if (!request.headers.accept?.includes("text/html"))
      return refuse(reply.header("allow", "POST"), 405, postInstead);
    return page
      ? sendPage(reply, sources, page.html)
      : refuse(
          reply,
          404,
          "The explorer is not built: npm run build makes it.\n",
        );
  });
  if (users)
    app.get("/explorer/session.json", { onRequest: localOnly }, async () => ({
      people: await users(),
      conversationId,
      messageId: await firstMessageId(),
    }));
  else app.get("/explorer/session.json", () => ({ people: [] }));
}
