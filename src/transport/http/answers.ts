import { HeaderMap, type ApolloServer } from "@apollo/server";
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { OperationTypeNode } from "graphql";
import type { HttpContext } from "./apollo-plugins.js";
import {
  passedOf,
  refuseFor,
  type GateDependencies,
  type Passed,
} from "./gate-hooks.js";
import { streamFormats } from "./stream/formats.js";
import type { HttpStreams } from "./stream/http-streams.js";

/** What answers are made with. */
export interface AnswerDependencies extends Pick<
  GateDependencies,
  "observer" | "log"
> {
  readonly apollo: ApolloServer<HttpContext>;
  readonly streams: HttpStreams;
  readonly contextOf: (request: FastifyRequest) => HttpContext;
}

/** Answers operations that have passed the gate: subscriptions by streams, all others by Apollo Server. */
export function answering(needs: AnswerDependencies): RouteHandlerMethod {
  return async (request, reply) => {
    const passed = passedOf(request);
    const { admitted, form } = passed;
    if (admitted.operation.node.operation !== OperationTypeNode.SUBSCRIPTION)
      return execute(needs, passed, request, reply);
    if (form === "json") throw new Error("a subscription without a form");
    try {
      await needs.streams.serve(form, passed, request, reply);
    } catch (error) {
      if (reply.sent) throw error;
      await refuseFor(error, request, reply, needs);
    }
    return reply;
  };
}

/**
 * Executes a query or mutation. Apollo Server is handed what the gate found, as the body of a POST, however the
 * operation came; a client that asked for events gets the one result, and the end.
 */
async function execute(
  { apollo, contextOf }: AnswerDependencies,
  { admitted: { known, operationName, variables }, form }: Passed,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const asked = headersOf(request);
  if (form === "event-stream") asked.set("accept", "application/json");
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: "POST",
      headers: asked,
      search: "",
      body: { query: known.text, operationName, variables },
    },
    context: () => Promise.resolve(contextOf(request)),
  });
  if (body.kind !== "complete") throw new Error("an answer in pieces");
  reply.status(status ?? 200).headers(Object.fromEntries(headers));
  if (form !== "event-stream") return body.string;
  const { contentType, frame, complete } = streamFormats[form];
  reply.type(contentType);
  return frame(Buffer.from(body.string.trim())).toString() + complete;
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, String(value));
  return map;
}
