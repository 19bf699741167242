import type { FastifyInstance } from "fastify";
import {
  findBuiltPage,
  refuse,
  sendPage,
  serveAssets,
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
  const page = await findBuiltPage("demo-page");
  if (page) serveAssets(app, "/demo/assets", page);
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
