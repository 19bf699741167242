import { randomUUID } from "node:crypto";
import {
  OperationTypeNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from "graphql";
import { makeServer, type Server } from "graphql-ws";
import type { Logger } from "pino";
import type { Fairness } from "../../fair/fairness.js";
import { refusalMs } from "../../fair/refuse-slowly.js";
import { AppError } from "../../foundation/errors.js";
import type { Overload } from "../../foundation/overload.js";
import { toClientError } from "../../graphql/client-error.js";
import { operationContext, type Context } from "../../graphql/context.js";
import type { Admitted, Gate } from "../../gate/gate.js";
import { RefusedError } from "../../gate/refusal.js";
import {
  operationLabel,
  otherOperation,
  outcomeOf,
  type OperationObserver,
} from "../../graphql/operation-observer.js";
import {
  StreamOperations,
  withClientErrors,
} from "../../graphql/stream-operation.js";
import type { Services } from "../../services.js";
import type { Admission } from "./admission.js";
import type { Connection } from "./connection.js";
import { Entry } from "./entry.js";
import { failed, tellEnd, traced, type Begun } from "./begun.js";
import { SocketEventSink } from "./event-sink.js";
import { asGraphQLError, isTooLong, tooLong } from "./refusals.js";
import { SilentIterator } from "./silent-iterator.js";

/** The parts that the protocol's hooks work with. */
export interface ProtocolDependencies {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly gate: Gate;
  readonly admission: Admission;
  readonly fair: Fairness;
  readonly observer: OperationObserver;
  readonly overload: Overload;
  readonly log: Logger;
}

/** The context of an operation on a socket, with what the gate has found of it. */
interface SocketContext extends Context, Begun {
  readonly connection: Connection;
  readonly entry: Entry;
  readonly operationId: string;
  readonly admitted: Admitted;
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
  const operations = new StreamOperations(needs);
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
     * document anew each time, count nothing, and execute without a viewer. Whoever is refused, and has used
     * much of the event loop of late, is read from no more for a while.
     */
    onSubscribe({ extra }, id, payload) {
      const prepared = prepareOperation(needs, extra, id, payload);
      const isRefused = Array.isArray(prepared);
      if (isRefused && needs.fair.queue.givesWay(extra.callerKey))
        extra.rest(refusalMs);
      return prepared;
    },

    /**
     * For a subscription that was prepared. graphql-ws alone would call graphql-js, which would
     * execute the operation for each subscriber and each event.
     */
    async subscribe(args) {
      const context = contextOf(args);
      try {
        const stream = await traced(context, () =>
          openStream(needs, operations, context),
        );
        tellEnd(observer, context);
        return stream;
      } catch (error) {
        context.entry.leave();
        return failed(observer, context, error);
      }
    },

    /** For a query or mutation that was prepared. graphql-ws alone would not let a stop wait for it. */
    async execute(args): Promise<ExecutionResult> {
      const context = contextOf(args);
      try {
        await context.entry.turn();
        await context.charged("cost", context.admitted.charge);
        return await traced(context, async (span) => {
          const result = await execute(args);
          span?.set({ "acked.outcome": outcomeOf(result.errors) });
          tellEnd(observer, context, result.errors);
          return result;
        });
      } catch (error) {
        return failed(observer, context, error);
      } finally {
        context.entry.leave();
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
/**
 * Asks the gate, and counts the operation against the limits of its socket and its user. Counting comes before
 * the first `await`, so that messages that arrive together are counted one by one.
 */
function prepareOperation(
  { schema, services, gate, overload, fair }: ProtocolDependencies,
  connection: Connection,
  operationId: string,
  payload: object,
): ExecutionArgs | readonly GraphQLError[] {
  const refusal = overload.refusal("operation");
  if (refusal) return [asGraphQLError(refusal)];
  const admitted = gate.admit(payload);
  if ("errors" in admitted)
    return admitted.errors.map((error) => new RefusedError(error));
  const { known, operation, operationName, variables } = admitted;
  // graphql-ws keeps the `subscribe` message until its operation ends. Each message has a copy of its
  // document's text, so 10,000 subscriptions to one document would keep 10,000 copies, and whatever
  // else a client sends. What the gate has made of the message takes its place. The library declares the
  // properties as read-only, hence `Object.assign`.
  Object.assign(payload, { query: known.text, variables, extensions: null });
  const type = operation.node.operation;
  if (type === OperationTypeNode.SUBSCRIPTION && isTooLong(connection))
    return [tooLong()];
  const entry = Entry.of(fair, connection, type);
  if (entry instanceof AppError) return [asGraphQLError(entry)];
  fair.queue.count(connection.callerKey, { cost: admitted.cost });
  const viewer = connection.admittedViewer;
  const contextValue: SocketContext = {
    ...operationContext(services, randomUUID(), () => viewer, fair),
    ...{ connection, entry },
    operationId,
    admitted,
    label: operationLabel(known.document, operation.node),
    beganMs: performance.now(),
  };
  return {
    schema,
    document: known.document,
    contextValue,
    variableValues: variables,
    ...(operationName !== null && { operationName }),
  };
}

/**
 * Opens a subscription that was counted, at its turn. From then on the end of the iterator takes the count back.
 * @throws {GraphQLError | AppError} where the subscription is refused; its count remains
 */
async function openStream(
  { services }: ProtocolDependencies,
  operations: StreamOperations,
  { connection, entry, operationId, admitted, charged }: SocketContext,
): Promise<SilentIterator> {
  const attempt = connection.beginOpening(operationId);
  const iterator = new SilentIterator();
  const sink = new SocketEventSink(connection, operationId, iterator);
  let isNewest: boolean;
  let unsubscribe = (): void => undefined;
  let release = (): void => undefined;
  try {
    await entry.turn();
    const viewer = await charged("cost", admitted.charge);
    const asked = operations.request(admitted, viewer, sink);
    ({ release } = asked);
    await entry.follow(asked.request.conversationId);
    unsubscribe = await services.hub.subscribe(asked.request);
  } catch (error) {
    release();
    throw error;
  } finally {
    isNewest = connection.endOpening(operationId, attempt);
    entry.opened();
  }
  void iterator.ended.then(() => {
    entry.leave();
    unsubscribe();
    release();
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

/** Every operation on a socket has the context that `prepareOperation` made. */
function contextOf({ contextValue }: ExecutionArgs): SocketContext {
  return contextValue as SocketContext;
}
