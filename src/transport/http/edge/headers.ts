import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

const yearInSeconds = 31_536_000;

/** The id of a request: the caller's `x-request-id` where it is well-formed, so that logs can be joined. */
export function requestIdOf({ headers }: Pick<IncomingMessage, "headers">) {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{8,64}$/.test(given)
    ? given
    : randomUUID();
}

/**
 * Gives every answer its id and the headers that keep browsers from guessing types, from keeping answers
 * and from showing them in frames. Pages and assets have their own instead of some of them. Browsers are
 * told to come by TLS alone where the public address does.
 */
export async function registerHeaders(
  app: FastifyInstance,
  publicUrl: URL | null,
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity:
      publicUrl?.protocol === "https:"
        ? { maxAge: yearInSeconds, includeSubDomains: false }
        : false,
    // `frame-ancestors` says the same, page by page.
    xFrameOptions: false,
    xXssProtection: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
  });
  app.addHook("onRequest", ({ id }, reply, done) => {
    reply.headers({ "x-request-id": id, "cache-control": "no-store" });
    done();
  });
}
