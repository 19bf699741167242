import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import {
  assetsIn,
  refuse,
  sendPage,
  serveAssets,
  type Asset,
  type PageSources,
} from "../static-page.js";
import { localOnly } from "../local-only.js";
import type { DemoUser } from "./demo-data.js";

/** The data that the demo page starts with. */
export interface DemoSession {
  /** The users that a visitor may act as, each with a fresh token. */
  readonly people: readonly DemoUser[];
  /** The conversation that exists from the start. */
  readonly conversationId: string;
}

/** The output of `npm run build`. The path is the same from `src/pages/demo` and `dist/pages/demo`. */
const builtPage = fileURLToPath(
  new URL("../../../dist/demo-page/", import.meta.url),
);

/** The page shows itself in frames, one for each person. */
const sources: PageSources = {
  styles: "'self'",
  frames: "'self'",
  ancestors: "'self'",
};

/**
 * Adds the demo chat at `/demo/`, and the tokens of its people at `/demo/session.json`. Where the
 * page was not built, `/demo/` answers 404 and names the command that builds it.
 */
export async function registerDemoPage(
  app: FastifyInstance,
  session: () => Promise<DemoSession>,
): Promise<void> {
  app.get("/demo", (_, reply) => reply.redirect("/demo/"));
  app.get("/demo/session.json", { onRequest: localOnly }, session);
  const page = await loadPage();
  if (page) serveAssets(app, page.assets);
  app.get("/demo/", (_, reply) =>
    page
      ? sendPage(reply, sources, page.html)
      : refuse(
          reply,
          404,
          "The demo page is not built: npm run build makes it.\n",
        ),
  );
}

/** Loads the built page and its assets; null where the page was not built. */
async function loadPage(): Promise<{ html: Buffer; assets: Asset[] } | null> {
  try {
    return {
      html: await readFile(join(builtPage, "index.html")),
      assets: await assetsIn(join(builtPage, "assets"), "/demo/assets"),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return null;
    throw error;
  }
}
