import type { IncomingMessage } from "node:http";
import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { costHeader } from "../gate-hooks.js";

/** The sites whose pages may send operations, and where this node is reached. */
export interface Origins {
  readonly corsOrigins: "any" | readonly string[];
  readonly publicUrl: URL | null;
}

/**
 * Lets pages of other sites send operations to `POST /graphql`. Pages and paths for orchestrators are for
 * no other site. A bearer token is the only authority, and a browser hands no page a token by itself.
 */
export async function registerCors(
  app: FastifyInstance,
  { corsOrigins }: Origins,
): Promise<void> {
  const operations = {
    origin: corsOrigins === "any" ? "*" : [...corsOrigins],
    methods: ["POST"],
    maxAge: 86_400,
    exposedHeaders: ["retry-after", "x-request-id", costHeader],
  };
  const closed = { origin: false };
  await app.register(cors, {
    delegator: ({ method, url }, callback) => {
      const isOperation =
        (method === "POST" || method === "OPTIONS") &&
        url.split("?", 1)[0] === "/graphql";
      callback(null, isOperation ? operations : closed);
    },
  });
}

/** Whether a socket may be opened by the page that asks for it, or by a program, which names no origin. */
export function mayOpenSocket(
  { headers }: IncomingMessage,
  { corsOrigins, publicUrl }: Origins,
): boolean {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigins === "any") return true;
  if (corsOrigins.includes(origin) || origin === publicUrl?.origin) return true;
  // The node's own pages. A proxy before it may speak TLS, so the scheme says nothing.
  return URL.canParse(origin) && new URL(origin).host === host;
}
