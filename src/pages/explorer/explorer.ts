import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import {
  hashedAsset,
  refuse,
  sendPage,
  serveAssets,
  type Asset,
  type PageSources,
} from "../static-page.js";
import { localOnly } from "../local-only.js";
import { browserScript, explorerPage, type PageData } from "./page.js";
import { firstSteps, samples } from "./samples.js";

/** A user whose token the explorer offers. */
export interface ExplorerUser {
  readonly id: string;
  readonly token: string;
}

/** The users and the conversation that the explorer's tabs start with. */
export interface ExplorerOptions {
  /** Null where there are no users: there is then one empty start. */
  readonly users: (() => Promise<readonly ExplorerUser[]>) | null;
  readonly conversationId: string;
  /** The id of the conversation's first message, which the tabs mark; null where there is none. */
  readonly firstMessageId: () => Promise<string | null>;
}

/** GraphiQL's own prebuilt files, so that a start bundles nothing. In order of loading. */
const packaged = [
  ["graphiql.css", "graphiql", "graphiql.min.css"],
  ["react.js", "react", "umd/react.production.min.js"],
  ["react-dom.js", "react-dom", "umd/react-dom.production.min.js"],
  ["graphiql.js", "graphiql", "graphiql.min.js"],
] as const;

/** The editor sets styles on its elements, and carries its fonts in its style sheet. */
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

/** The path of the tabs of users, tokens and all. */
const sessionPath = "/explorer/session.json";

/**
 * Adds `GET /graphql` for browsers: an explorer that works without the internet. Its page holds no token;
 * where there are users, the page's script fetches theirs.
 */
export async function registerExplorer(
  app: FastifyInstance,
  options: ExplorerOptions,
): Promise<void> {
  const assets = await loadAssets();
  const paths = assets.map(({ path }) => path);
  serveAssets(app, assets);
  const { users, conversationId, firstMessageId } = options;
  const html = explorerPage(paths, {
    session: users && sessionPath,
    tabs: [{ ...firstSteps, token: null }],
  });
  app.get("/graphql", (request, reply) =>
    request.headers.accept?.includes("text/html")
      ? sendPage(reply, sources, html)
      : refuse(reply.header("allow", "POST"), 405, postInstead),
  );
  if (users)
    app.get(sessionPath, { onRequest: localOnly }, async () => {
      const known = new Map(
        (await users()).map(({ id, token }) => [id, token]),
      );
      const wanted = samples(conversationId, (await firstMessageId()) ?? "");
      return {
        tabs: wanted.map(({ user, ...tab }) => ({
          ...tab,
          token: known.get(user) ?? null,
        })),
      } satisfies Pick<PageData, "tabs">;
    });
}

/** Every file that the page loads. */
async function loadAssets(): Promise<Asset[]> {
  const { resolve } = createRequire(import.meta.url);
  // The packages export no path but package.json; the files for browsers lie beside package.json.
  const folderOf = (name: string) => dirname(resolve(`${name}/package.json`));
  const asset = (name: string, body: Buffer) =>
    hashedAsset("/explorer", name, body);
  const files = await Promise.all(
    packaged.map(async ([name, from, file]) =>
      asset(name, await readFile(join(folderOf(from), file))),
    ),
  );
  return [...files, asset("explorer.js", Buffer.from(browserScript))];
}
