import { randomUUID } from "node:crypto";
import {
  GraphQLError,
  execute,
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from "graphql";
import { makeServer, type Server } from "graphql-ws";
import type { Logger } from "pino";
import { inSpan, type RunningSpan } from "../../foundation/tracer.js";
import type { Overload } from "../../foundation/overload.js";
import { toClientError } from "../../graphql/client-error.js";
import { operationContext, type Context } from "../../graphql/context.js";
import type {
  DocumentCache,
  KnownDocument,
} from "../../graphql/document-cache.js";
import {
  operationLabel,
  otherOperation,
  outcomeOf,
  type OperationObserver,
} from "../../graphql/operation-observer.js";
import {
  streamRequest,
  withClientErrors,
} from "../../graphql/stream-operation.js";
import type { SubscribePayload } from "../../graphql/subscription-field.js";
import type { Services } from "../../services.js";
import type { Admission } from "./admission.js";
import type { Connection } from "./connection.js";
import { SocketEventSink } from "./event-sink.js";
import { asGraphQLError, countedAs, tooMany } from "./refusals.js";
import { SilentIterator } from "./silent-iterator.js";

/** The parts that the protocol's hooks work with. */
export interface ProtocolDependencies {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly documents: DocumentCache;
  readonly admission: Admission;
  readonly observer: OperationObserver;
  readonly overload: Overload;
  readonly log: Logger;
}

/** The context of an operation on a socket, with the `subscribe` message that asked for the operation. */
interface SocketContext extends Context {
  readonly connection: Connection;
  readonly operationId: string;
  readonly payload: SubscribePayload;
  readonly known: KnownDocument;
  /** What the operation is called in metrics. */
  readonly label: string;
  readonly beganMs: number;
}

/**
 * The protocol `graphql-transport-ws`. graphql-ws reads and writes the messages and keeps the ids of
 * running operations; these hooks decide everything else. Results of subscriptions pass graphql-ws
 * by: the hub hands them to a {@link SocketEventSink}.
 */
export function createProtocol(
  needs: ProtocolDependencies,
): Server<Connection> {
  const { admission, observer, log } = needs;
  return makeServer<Record<string, unknown>, Connection>({
    /**
     * At `connection_init`. graphql-ws alone would let every socket in. After false it closes the
     * socket as `closings.forbidden`, unless the socket is closing already.
     */
    onConnect(ctx) {
      const { connectionParams, extra } = ctx;
      // graphql-ws keeps the payload of `connection_init`, token included, for as long as the socket
      // is open, and never reads the payload again. An empty object lets the payload be collected.
      // The library declares the property as read-only, hence `Object.assign`.
      Object.assign(ctx, { connectionParams: {} });
      return admission.admit(extra, connectionParams?.["authorization"]);
    },

    /**
     * At `subscribe`, for each kind of operation. graphql-ws alone would parse and validate the
     * document anew each time, count nothing, and execute without a viewer.
     */
    onSubscribe: ({ extra }, id, payload) =>
      prepareOperation(needs, extra, id, payload),

    /**
     * For a subscription that was prepared. graphql-ws alone would call graphql-js, which would
     * execute the operation for each subscriber and each event.
     */
    async subscribe(args) {
      const context = contextOf(args);
      try {
        const stream = await traced(context, () => openStream(needs, context));
        tellEnd(observer, context);
        return stream;
      } catch (error) {
        context.connection.release("subscriptions");
        const errors = [asGraphQLError(error)];
        tellEnd(observer, context, errors);
        return { errors };
      }
    },

    /** For a query or mutation that was prepared. graphql-ws alone would not let a stop wait for it. */
    async execute(args): Promise<ExecutionResult> {
      const context = contextOf(args);
      try {
        return await traced(context, async (span) => {
          const result = await execute(args);
          span?.set({ "acked.outcome": outcomeOf(result.errors) });
          tellEnd(observer, context, result.errors);
          return result;
        });
      } finally {
        context.connection.release("operations");
      }
    },

    /**
     * Before `next`: for the result of a query or mutation, and for a subscription that `subscribe`
     * refused. graphql-ws alone would send internal errors unmasked.
     */
    onNext: (_ctx, _id, _payload, args, result) =>
      withClientErrors(result, contextOf(args).requestId, log),

    /** Before `error`: `onSubscribe` refused. graphql-ws alone would send errors without their codes. */
    onError(_ctx, _id, _payload, errors) {
      observer.onOperation(otherOperation, "socket", outcomeOf(errors), 0);
      return errors.map((error) => toClientError(error, randomUUID(), log));
    },
  });
}

/**
 * Finds the document, and counts the operation against the limits of its socket. Counting comes
 * before the first `await`, so that messages that arrive together are counted one by one.
 */
function prepareOperation(
  { schema, services, documents, overload }: ProtocolDependencies,
  connection: Connection,
  operationId: string,
  payload: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  const refusal = overload.refusal("operation");
  if (refusal) return [asGraphQLError(refusal)];
  const known = documents.get(payload.query);
  if (!("document" in known)) return known;
  // graphql-ws keeps the `subscribe` message until its operation ends. Each message has a copy of its
  // document's text, so 10,000 subscriptions to one document would keep 10,000 copies. The text of
  // the document cache takes the place of the message's own, which can then be collected. The
  // library declares the property as read-only, hence `Object.assign`.
  Object.assign(payload, { query: known.text });
  const operation = getOperationAST(known.document, payload.operationName);
  if (!operation) return [new GraphQLError("There is no such operation.")];
  const counted = countedAs(operation.operation);
  if (!connection.reserve(counted)) return [tooMany(counted)];
  const viewer = connection.admittedViewer;
  const contextValue: SocketContext = {
    ...operationContext(services, randomUUID(), () => viewer),
    connection,
    operationId,
    payload,
    known,
    label: operationLabel(known.document, operation),
    beganMs: performance.now(),
  };
  return {
    schema,
    document: known.document,
    contextValue,
    variableValues: payload.variables ?? {},
    ...(payload.operationName && { operationName: payload.operationName }),
  };
}

/**
 * Opens a subscription that was counted. From then on the end of the iterator takes the count back.
 * @throws {GraphQLError | AppError} where the subscription is refused; its count remains
 */
async function openStream(
  needs: ProtocolDependencies,
  { connection, operationId, payload, known }: SocketContext,
): Promise<SilentIterator> {
  const attempt = connection.beginOpening(operationId);
  const iterator = new SilentIterator();
  const sink = new SocketEventSink(connection, operationId, iterator);
  let isNewest: boolean;
  let unsubscribe = (): void => undefined;
  try {
    unsubscribe = await needs.services.hub.subscribe(
      streamRequest(needs, payload, known, connection.admittedViewer, sink),
    );
  } finally {
    isNewest = connection.endOpening(operationId, attempt);
  }
  void iterator.ended.then(() => {
    connection.release("subscriptions");
    unsubscribe();
  });
  if (isNewest) return iterator;
  // The client completed this subscription while it was being opened, and subscribed anew under the
  // same id. graphql-ws finds operations by id alone: given this iterator, it would register the
  // iterator in place of the newer operation's, and at its end send `complete` for the newer
  // operation and forget that operation. A promise that never resolves keeps graphql-ws from going
  // on. Nothing refers to the promise, so the promise and the code that waits for it are collected.
  iterator.end();
  return new Promise(() => undefined);
}

function traced<T>(
  { label }: SocketContext,
  work: (span: RunningSpan | null) => Promise<T>,
): Promise<T> {
  return inSpan(
    "socket operation",
    "server",
    { "acked.operation": label },
    work,
  );
}

function tellEnd(
  observer: OperationObserver,
  { label, beganMs }: SocketContext,
  errors?: readonly GraphQLError[],
): void {
  const ms = performance.now() - beganMs;
  observer.onOperation(label, "socket", outcomeOf(errors), ms);
}

/** Every operation on a socket has the context that `prepareOperation` made. */
function contextOf({ contextValue }: ExecutionArgs): SocketContext {
  return contextValue as SocketContext;
}
