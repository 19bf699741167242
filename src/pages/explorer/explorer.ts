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
import { browserScript, explorerPage, type PageData } from "./page.js";
import { firstSteps, samples } from "./samples.js";

/** A user whose token the explorer offers. */
export interface ExplorerUser {
  readonly id: string;
  readonly token: string;
}

/** The users and the conversation that the explorer's tabs start with; without users, one empty start. */
export interface ExplorerOptions {
  readonly users: () => Promise<readonly ExplorerUser[]>;
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

/** Adds `GET /graphql` for browsers: an explorer that works without the internet. */
export async function registerExplorer(
  app: FastifyInstance,
  options: ExplorerOptions,
): Promise<void> {
  const assets = await loadAssets();
  const paths = assets.map(({ path }) => path);
  serveAssets(app, assets);
  app.get("/graphql", async (request, reply) => {
    if (!request.headers.accept?.includes("text/html"))
      return refuse(reply.header("allow", "POST"), 405, postInstead);
    const data = await pageData(options);
    return sendPage(reply, request.host, sources, explorerPage(paths, data));
  });
}

async function pageData({
  users,
  conversationId,
  firstMessageId,
}: ExplorerOptions): Promise<PageData> {
  const known = new Map((await users()).map(({ id, token }) => [id, token]));
  const wanted =
    known.size > 0
      ? samples(conversationId, (await firstMessageId()) ?? "")
      : [firstSteps];
  return {
    tabs: wanted.map(({ user, ...tab }) => ({
      ...tab,
      token: (user && known.get(user)) ?? null,
    })),
  };
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
