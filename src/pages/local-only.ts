import type {
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
} from "fastify";
import { isLoopback } from "../foundation/loopback.js";
import { refuse } from "./static-page.js";

/** The header that the pages' own scripts send. Another site's page would have to ask first, and is not let. */
const localHeader = "x-acked-demo";

const proxyHeaders = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
] as const;

/**
 * Why a request gets no tokens; null where it does. Tokens are for the pages of this node in a browser on
 * this machine, and for programs that send the header: not through a proxy, not for a page of another
 * site, and not under another name, which a site may have pointed here (DNS rebinding).
 */
function whyNoTokens({ headers, socket }: FastifyRequest): string | null {
  if (!isLoopback(socket.remoteAddress ?? ""))
    return "Tokens are for this machine alone.";
  if (proxyHeaders.some((name) => headers[name] !== undefined))
    return "Tokens go through no proxy.";
  if (!isLoopback(hostnameOf(`http://${headers.host ?? ""}`)))
    return "Tokens are for http://127.0.0.1 and http://localhost alone.";
  if (headers[localHeader] !== "1")
    return `Tokens are for requests with the header ${localHeader}: 1.`;
  const { origin } = headers;
  const site = headers["sec-fetch-site"] ?? "same-origin";
  if (
    site !== "same-origin" ||
    (origin !== undefined && origin !== `http://${headers.host ?? ""}`)
  )
    return "Tokens are for no other site's page.";
  return null;
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

/** Lets only those requests through that may have tokens. */
export const localOnly: onRequestAsyncHookHandler = async (request, reply) => {
  const reason = whyNoTokens(request);
  if (reason !== null) await refuseTokens(reply, reason);
};

function refuseTokens(reply: FastifyReply, message: string): FastifyReply {
  return refuse(reply, 403, {
    errors: [{ message, extensions: { code: "FORBIDDEN" } }],
  });
}
