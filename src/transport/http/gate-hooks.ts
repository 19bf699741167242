import type {
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from "fastify";
import { OperationTypeNode, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import type { Viewer } from "../../auth/viewer.js";
import type { Admitted, Gate } from "../../gate/gate.js";
import type { Fairness } from "../../fair/fairness.js";
import { RefusedError, wrong } from "../../gate/refusal.js";
import { toClientError } from "../../graphql/client-error.js";
import {
  otherOperation,
  outcomeOf,
  type OperationObserver,
} from "../../graphql/operation-observer.js";
import type { Services } from "../../services.js";
import {
  formOfAnswer,
  formOfSubscription,
  type AnswerForm,
} from "./answer-form.js";
import { askedByGet } from "./asked-by-get.js";
import type { Newcomers } from "./edge/newcomers.js";
import { takeTurn } from "./turns.js";

/** The parts that the hooks before an operation work with. */
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
const passed = new WeakMap<FastifyRequest, Passed>();

/** Who sent a request, what it asks for, and how it is answered. */
export interface Passed {
  readonly viewer: Viewer;
  readonly admitted: Admitted;
  readonly form: AnswerForm;
}

/** What is known of a request once both hooks have let it pass. */
export function passedOf(request: FastifyRequest): Passed {
  const found = passed.get(request);
  if (!found)
    throw new Error("a request came past the gate without being admitted");
  return found;
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
      await takeTurn(fair.underWay, viewer, request, reply);
      await services.users.ensure(profile);
      viewers.set(request, viewer);
    } catch (error) {
      await refuseFor(error, request, reply, { observer, log });
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
    const isPost = request.method === "POST";
    const answer = gate.admit(
      isPost ? request.body : askedByGet(request.query),
    );
    // Nothing that was sent is kept: a stream's request lives as long as the stream.
    request.body = undefined;
    if (answer.cost !== null) reply.header(costHeader, answer.cost);
    if ("errors" in answer) {
      const outcome = outcomeOf(answer.errors.map((e) => new RefusedError(e)));
      observer.onOperation(otherOperation, "http", outcome, 0);
      await refuse(request, reply, answer.errors);
      return;
    }
    const type = answer.operation.node.operation;
    if (!isPost && type !== OperationTypeNode.QUERY) {
      reply.header("allow", "POST");
      await refuse(request, reply, [wrong("Send queries alone by GET.")], 405);
      return;
    }
    const { accept } = request.headers;
    const isSubscription = type === OperationTypeNode.SUBSCRIPTION;
    const form = isSubscription
      ? formOfSubscription(accept)
      : formOfAnswer(accept);
    if (form === null) {
      await refuse(request, reply, [wrong(streamWanted)]);
      return;
    }
    const limited = await fair.charge(viewer, "cost", answer.charge);
    if (limited) await refuseFor(limited, request, reply, { observer, log });
    else passed.set(request, { viewer, admitted: answer, form });
  };
}

const streamWanted =
  "Subscriptions go over a WebSocket at this address, protocol graphql-transport-ws, or over HTTP to a client that accepts text/event-stream or multipart/mixed;subscriptionSpec=1.0.";

/** Answers with an error alone, and counts it. */
export async function refuseFor(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { observer, log }: Pick<GateDependencies, "observer" | "log">,
): Promise<void> {
  observer.onOperation(otherOperation, "http", outcomeOf([error]), 0);
  await refuse(request, reply, [toClientError(error, request.id, log)]);
}

/** Answers with errors alone, with the status that their code has in HTTP where there is no other. */
async function refuse(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  errors: readonly GraphQLFormattedError[],
  status = statusOf(errors[0]?.extensions?.["code"]),
): Promise<void> {
  const retryAfterMs = errors[0]?.extensions?.["retryAfterMs"];
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
