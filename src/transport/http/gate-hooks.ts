import type {
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from "fastify";
import type { GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import type { Viewer } from "../../auth/viewer.js";
import type { Admitted, Gate } from "../../gate/gate.js";
import { callerKey } from "../../fair/caller-key.js";
import type { Fairness } from "../../fair/fairness.js";
import { RefusedError } from "../../gate/refusal.js";
import { toClientError } from "../../graphql/client-error.js";
import {
  otherOperation,
  outcomeOf,
  type OperationObserver,
} from "../../graphql/operation-observer.js";
import type { Services } from "../../services.js";
import type { Newcomers } from "./edge/newcomers.js";
import { takeTurn } from "./turns.js";

/** The parts that the hooks before `POST /graphql` work with. */
export interface GateDependencies {
  readonly authenticate: Authenticate;
  readonly newcomers: Newcomers;
  readonly services: Services;
  readonly gate: Gate;
  readonly fair: Fairness;
  readonly observer: OperationObserver;
  readonly log: Logger;
}

/** The header of an answer that says what its operation cost. */
export const costHeader = "x-acked-cost";

const viewers = new WeakMap<FastifyRequest, Viewer>();
const operations = new WeakMap<FastifyRequest, Admitted>();

/** Who sent a request, and what it asks for, once both hooks have let it pass. */
export function passedOf(request: FastifyRequest): {
  viewer: Viewer;
  admitted: Admitted;
} {
  const viewer = viewers.get(request);
  const admitted = operations.get(request);
  if (!viewer || !admitted)
    throw new Error("a request came past the gate without being admitted");
  return { viewer, admitted };
}

/** Refuses a request without a good token before its body is read: nobody unknown makes work. */
export function requireToken({
  authenticate,
  newcomers,
  services,
  fair,
  observer,
  log,
}: GateDependencies): onRequestAsyncHookHandler {
  return async (request, reply) => {
    try {
      const { viewer, profile } = await authenticate(
        request.headers.authorization,
      );
      newcomers.settle(request.raw.socket);
      await takeTurn(fair, viewer, request, reply);
      await services.users.ensure(profile);
      viewers.set(request, viewer);
    } catch (error) {
      observer.onOperation(otherOperation, "http", outcomeOf([error]), 0);
      await refuse(request, reply, [toClientError(error, request.id, log)]);
    }
  };
}

/** Asks the gate. What passes is executed with the variables that the gate has taken. */
export function passGate({
  gate,
  fair,
  observer,
  log,
}: GateDependencies): preHandlerAsyncHookHandler {
  return async (request, reply) => {
    const viewer = viewers.get(request);
    if (!viewer) throw new Error("a request came past its token");
    const answer = gate.admit(request.body);
    if (answer.cost !== null) reply.header(costHeader, answer.cost);
    if ("errors" in answer) {
      const outcome = outcomeOf(answer.errors.map((e) => new RefusedError(e)));
      observer.onOperation(otherOperation, "http", outcome, 0);
      await refuse(request, reply, answer.errors);
      return;
    }
    fair.queue.count(callerKey(viewer), { cost: answer.cost });
    const limited = await fair.charge(viewer, "cost", answer.charge);
    if (limited) {
      observer.onOperation(otherOperation, "http", outcomeOf([limited]), 0);
      await refuse(request, reply, [toClientError(limited, request.id, log)]);
      return;
    }
    operations.set(request, answer);
    const { known, operationName, variables } = answer;
    request.body = { query: known.text, operationName, variables };
  };
}

/** Answers with errors alone, with the status that their code has in HTTP. */
async function refuse(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  errors: readonly GraphQLFormattedError[],
): Promise<void> {
  const { code, retryAfterMs } = errors[0]?.extensions ?? {};
  const status = statusOf(code);
  if (status === 401) reply.header("www-authenticate", "Bearer");
  if (typeof retryAfterMs === "number")
    reply.header("retry-after", Math.ceil(retryAfterMs / 1_000));
  await reply
    .status(status)
    .type(mediaTypeFor(headers.accept))
    .send({ errors });
}

function statusOf(code: unknown): number {
  switch (code) {
    case "UNAUTHENTICATED":
      return 401;
    case "RATE_LIMITED":
      return 429;
    case "UNAVAILABLE":
      return 503;
    case "INTERNAL_SERVER_ERROR":
      return 500;
    default:
      return 400;
  }
}

/** GraphQL's own media type for clients that name it first, as Apollo Server chooses it. */
function mediaTypeFor(accept = ""): string {
  const [graphql, json] = [
    accept.indexOf("application/graphql-response+json"),
    accept.indexOf("application/json"),
  ];
  return graphql >= 0 && (json < 0 || graphql < json)
    ? "application/graphql-response+json; charset=utf-8"
    : "application/json; charset=utf-8";
}
