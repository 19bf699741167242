import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { encodeMessageId } from "../../domain/messages/message-id.js";
import { browserScript, explorerPage, type PageData } from "./page.js";
import { firstSteps, samples } from "./samples.js";

/** Somebody whose token the explorer offers. */
export interface ExplorerUser {
  readonly id: string;
  readonly token: string;
}

/** What the explorer offers in development; in production nothing. */
export interface ExplorerOptions {
  readonly users: () => Promise<readonly ExplorerUser[]>;
  readonly conversationId: string;
}

/** GraphiQL's own prebuilt files, so that a start bundles nothing. In order of loading. */
const packaged = [
  ["graphiql.css", "graphiql", "graphiql.min.css"],
  ["react.js", "react", "umd/react.production.min.js"],
  ["react-dom.js", "react-dom", "umd/react-dom.production.min.js"],
  ["graphiql.js", "graphiql", "graphiql.min.js"],
] as const;

const contentTypes = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
} as const;

/** The editor sets styles on its elements; nothing else may be inline, and nothing comes from elsewhere. */
const contentSecurityPolicy = (host: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** Adds `GET /graphql` for browsers: an explorer that works without the internet. */
export async function registerExplorer(
  app: FastifyInstance,
  options: ExplorerOptions,
): Promise<void> {
  const assets = await loadAssets();
  for (const { path, type, body } of assets)
    app.get(path, (_, reply) =>
      reply
        .header("cache-control", "public, max-age=31536000, immutable")
        .type(type)
        .send(body),
    );

  app.get("/graphql", async (request, reply) => {
    if (!request.headers.accept?.includes("text/html")) return refuse(reply);
    const data = await pageData(options);
    return reply
      .headers({
        "content-security-policy": contentSecurityPolicy(request.host),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      })
      .type("text/html; charset=utf-8")
      .send(
        explorerPage(
          assets.map(({ path }) => path),
          data,
        ),
      );
  });
}

function refuse(reply: FastifyReply) {
  const error = {
    message: "Send operations with POST.",
    extensions: { code: "BAD_USER_INPUT" },
  };
  return reply
    .status(405)
    .header("allow", "POST")
    .send({ errors: [error] });
}

async function pageData({
  users,
  conversationId,
}: ExplorerOptions): Promise<PageData> {
  const known = new Map((await users()).map(({ id, token }) => [id, token]));
  const firstMessage = encodeMessageId({ conversationId, seq: 1 });
  const wanted =
    known.size > 0 ? samples(conversationId, firstMessage) : [firstSteps];
  return {
    tabs: wanted.map(({ user, ...tab }) => ({
      ...tab,
      token: (user && known.get(user)) ?? null,
    })),
  };
}

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

/** Every file that the page loads, under a name that changes with its content. */
async function loadAssets(): Promise<Asset[]> {
  const { resolve } = createRequire(import.meta.url);
  // The packages export no path but this one; the files for browsers lie beside it.
  const folderOf = (name: string) => dirname(resolve(`${name}/package.json`));
  const files = await Promise.all(
    packaged.map(async ([name, from, file]) =>
      asset(name, await readFile(join(folderOf(from), file))),
    ),
  );
  return [...files, asset("explorer.js", Buffer.from(browserScript))];
}

function asset(name: string, body: Buffer): Asset {
  const [stem = "", extension] = name.split(".");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  const type = extension === "css" ? contentTypes.css : contentTypes.js;
  return { path: `/explorer/${stem}-${hash}.${extension ?? "js"}`, type, body };
}
