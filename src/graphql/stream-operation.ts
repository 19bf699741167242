import { randomUUID } from "node:crypto";
import {
  execute,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type FormattedExecutionResult,
  type GraphQLSchema,
  type SelectionSetNode,
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

/** A subscription as a client sends it. */
export interface SubscribePayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/**
 * Reads what a subscription asks for, and how its results are made: once for each audience, not for
 * each subscriber.
 * @throws {GraphQLError | AppError} where an argument is wrong
 */
export function streamRequest(
  deps: { schema: GraphQLSchema; services: Services; log: Logger },
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
    kind: name === "messageStatusChanged" ? "status" : "messages",
    viewer,
    conversationId,
    sentByViewer: args["sentByViewer"] === true,
    after: text("after"),
    operation: streamOperation(deps, payload, known),
    sink,
  };
}

/** By document and key: subscribers of the same share one object, and with it their key's text. */
const operations = new WeakMap<KnownDocument, Map<string, StreamOperation>>();

const maxOperations = 1_000;

function streamOperation(
  deps: { schema: GraphQLSchema; services: Services; log: Logger },
  { operationName, variables }: SubscribePayload,
  known: KnownDocument,
): StreamOperation {
  const key = JSON.stringify([
    known.text,
    operationName ?? null,
    // One that is left out is not null: it may have a default.
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

/** Variables that are used in the root field's arguments alone may be any subscriber's: results don't depend on them. */
function makeOperation(
  {
    schema,
    services,
    log,
  }: { schema: GraphQLSchema; services: Services; log: Logger },
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

/** A result with its errors as clients see them. */
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

/** The one field that a subscription selects, and its arguments. */
function rootField(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: SubscribePayload,
): {
  name: string;
  args: Record<string, unknown>;
  variables: Record<string, unknown>;
  operationName: string;
} {
  const operation = getOperationAST(document, operationName);
  const type = schema.getSubscriptionType();
  const field = operation && firstField(operation.selectionSet, document);
  const definition = field && type?.getFields()[field.name.value];
  if (!operation || !definition)
    throw new GraphQLError("There is no such subscription.");
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variables ?? {},
  );
  if (errors) throw errors[0] ?? new GraphQLError("A variable is wrong.");
  return {
    name: definition.name,
    args: getArgumentValues(definition, field, coerced),
    variables: coerced,
    operationName: operation.name?.value ?? "",
  };
}

/** R29 at once: found at the first event, it would cost that event. */
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

function firstField(
  selectionSet: SelectionSetNode,
  document: DocumentNode,
): FieldNode | null {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) return selection;
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : document.definitions.find(
            (d) =>
              d.kind === Kind.FRAGMENT_DEFINITION &&
              d.name.value === selection.name.value,
          );
    const found =
      fragment &&
      "selectionSet" in fragment &&
      firstField(fragment.selectionSet, document);
    if (found) return found;
  }
  return null;
}
