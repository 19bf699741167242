import { randomUUID } from "node:crypto";
import {
  execute,
  getArgumentValues,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
} from "graphql";
import type { Logger } from "pino";
import type { Viewer } from "../auth/viewer.js";
import type {
  EventSink,
  StreamOperation,
  StreamRequest,
} from "../stream/subscription.js";
import type { Services } from "../services.js";
import { checkCount, checkKnownId, limits } from "../foundation/limits.js";
import { toClientError } from "./client-error.js";
import { sharedContext } from "./context.js";
import type { KnownDocument } from "./document-cache.js";
import { rootField, type SubscribePayload } from "./subscription-field.js";

/** The parts that executing a subscription takes. */
export interface ExecutionDependencies {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Logger;
}

/**
 * Reads a subscription's arguments, and prepares its execution. The hub executes it once for each
 * audience and not for each subscriber.
 * @throws {GraphQLError | AppError} where an argument is wrong
 */
export function streamRequest(
  deps: ExecutionDependencies,
  payload: SubscribePayload,
  known: KnownDocument,
  viewer: Viewer,
  sink: EventSink,
): StreamRequest {
  const { name, args, variables, operationName } = rootField(
    deps.schema,
    known.document,
    payload,
  );
  checkCounts(known, operationName, variables);
  const text = (key: string) =>
    typeof args[key] === "string" ? args[key] : null;
  const conversationId = text("conversationId");
  if (conversationId !== null)
    checkKnownId(["conversationId"], conversationId, "conversation");
  return {
    kind: kindOf(name),
    viewer,
    conversationId,
    sentByViewer: args["sentByViewer"] === true,
    after: text("after"),
    operation: streamOperation(deps, payload, known),
    sink,
  };
}

function kindOf(field: string): StreamRequest["kind"] {
  switch (field) {
    case "messageStatusChanged":
      return "status";
    case "messageAdded":
      return "messages";
    default:
      throw new Error(`the subscription ${field} has no stream`);
  }
}

/**
 * Operations by document and key. Subscribers of the same operation share one object, and the text of
 * its key.
 */
const operations = new WeakMap<KnownDocument, Map<string, StreamOperation>>();

/** Operations that are kept for one document. */
const maxOperations = 1_000;

function streamOperation(
  deps: ExecutionDependencies,
  { operationName, variables }: SubscribePayload,
  known: KnownDocument,
): StreamOperation {
  const key = JSON.stringify([
    known.text,
    operationName ?? null,
    // A variable that is left out differs from null: the variable may have a default.
    known.resultVariables.flatMap((name) =>
      variables && name in variables ? [[name, variables[name]]] : [],
    ),
  ]);
  const ofDocument =
    operations.get(known) ?? new Map<string, StreamOperation>();
  operations.set(known, ofDocument);
  const found = ofDocument.get(key);
  if (found) return found;
  if (ofDocument.size >= maxOperations) ofDocument.clear();
  const made = makeOperation(deps, key, known, operationName, variables);
  ofDocument.set(key, made);
  return made;
}

/**
 * Variables that only the root field's arguments use may be those of any subscriber: no result
 * depends on such a variable.
 */
function makeOperation(
  { schema, services, log }: ExecutionDependencies,
  key: string,
  { document, isPerViewer }: KnownDocument,
  operationName: SubscribePayload["operationName"],
  variables: SubscribePayload["variables"],
): StreamOperation {
  return {
    key,
    isPerViewer,
    async execute(event, { audience, viewer }) {
      const requestId = randomUUID();
      const result = await execute({
        schema,
        document,
        rootValue: event,
        contextValue: sharedContext(services, requestId, audience, viewer),
        variableValues: variables ?? {},
        ...(operationName && { operationName }),
      });
      return Buffer.from(
        JSON.stringify(withClientErrors(result, requestId, log)),
      );
    },
  };
}

/** Turns a result's errors into the errors that clients see. */
export function withClientErrors(
  {
    errors,
    ...result
  }: { readonly [K in keyof ExecutionResult]?: ExecutionResult[K] | undefined },
  requestId: string,
  log: Logger,
): FormattedExecutionResult {
  const { data } = result;
  return {
    ...(errors && {
      errors: errors.map((error) => toClientError(error, requestId, log)),
    }),
    ...(data !== undefined && { data }),
  };
}

/** Checks `first` and `last` of all fields (R29) at the start: an error at an event would lose the event. */
function checkCounts(
  { counted }: KnownDocument,
  operationName: string,
  variables: Record<string, unknown>,
): void {
  for (const { node, definition } of counted.get(operationName) ?? []) {
    const args = getArgumentValues(definition, node, variables);
    const limit =
      definition.name === "recipients" ? limits.recipientsPage : limits.page;
    for (const name of ["first", "last"])
      if (typeof args[name] === "number") checkCount([name], args[name], limit);
  }
}
