import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { DemoUser } from "./demo-data.js";

/** What the demo page is told. */
export interface DemoSession {
  /** Everybody that a visitor may be, each with a fresh token. */
  readonly people: readonly DemoUser[];
  /** The conversation that is there from the start. */
  readonly conversationId: string;
}

/** Where `npm run build` puts the page: the same from `src/pages/demo` and from `dist/pages/demo`. */
const builtPage = fileURLToPath(
  new URL("../../../dist/demo-page/", import.meta.url),
);

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Everything comes from here; the page shows itself in frames, one for each person. */
const contentSecurityPolicy = (host: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'self'",
    "frame-ancestors 'self'",
  ].join("; ");

/**
 * Adds the demo chat at `/demo/`, and the tokens of its people at `/demo/session.json`. Where the
 * page was not built it says so; all else works without.
 */
export async function registerDemoPage(
  app: FastifyInstance,
  session: () => Promise<DemoSession>,
): Promise<void> {
  app.get("/demo", (_, reply) => reply.redirect("/demo/"));
  app.get("/demo/session.json", async (_, reply) => {
    // Any page may ask for GraphQL with a token; these are tokens, and for this page alone.
    reply.removeHeader("access-control-allow-origin");
    return reply
      .headers({
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
      })
      .send(await session());
  });
  const page = await loadPage();
  if (!page) {
    app.get("/demo/", (_, reply) => refuse(reply));
    return;
  }
  for (const { path, type, body } of page.assets)
    app.get(path, (_, reply) =>
      reply
        .headers({
          "cache-control": "public, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
        })
        .type(type)
        .send(body),
    );
  app.get("/demo/", (request, reply) =>
    reply
      .headers({
        "content-security-policy": contentSecurityPolicy(request.host),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      })
      .type("text/html; charset=utf-8")
      .send(page.html),
  );
}

function refuse(reply: FastifyReply) {
  return reply
    .status(404)
    .type("text/plain; charset=utf-8")
    .send("The demo page is not built: npm run build makes it.\n");
}

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

/** The built page; its assets have names that change with their content. Null where there is none. */
async function loadPage(): Promise<{ html: Buffer; assets: Asset[] } | null> {
  try {
    const html = await readFile(join(builtPage, "index.html"));
    const names = await readdir(join(builtPage, "assets"));
    const assets = names.map(async (name): Promise<Asset> => ({
      path: `/demo/assets/${name}`,
      type: contentTypes[extname(name)] ?? "application/octet-stream",
      body: await readFile(join(builtPage, "assets", name)),
    }));
    return { html, assets: await Promise.all(assets) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return null;
    throw error;
  }
}
