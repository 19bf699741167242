import { randomUUID } from "node:crypto";
import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError, OperationTypeNode, type DocumentNode } from "graphql";
import type { Logger } from "pino";
import type { Context } from "../../graphql/context.js";
import {
  operationLabel,
  otherOperation,
  outcomeOf,
  type OperationObserver,
} from "../../graphql/operation-observer.js";

/** The context of an operation over HTTP. */
export interface HttpContext extends Context {
  /** The document, parsed and validated. */
  readonly document: DocumentNode;
}

type Plugin = ApolloServerPlugin<HttpContext>;

/**
 * Hands the gate's document to Apollo Server, which then neither parses nor validates. Its type declares
 * the property as read-only, hence `Object.assign`.
 */
export const documentOfGate: Plugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveSource(request) {
        Object.assign(request, { document: request.contextValue.document });
        return Promise.resolve();
      },
    }),
};

/** Refuses subscriptions: Apollo Server would execute a subscription like a query, and find no value for its field. */
export const subscriptionsElsewhere: Plugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation }) {
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
          throw new GraphQLError(
            "Subscriptions go over a WebSocket at this address, protocol graphql-transport-ws.",
            { extensions: { http: { status: 400 } } },
          );
        return Promise.resolve();
      },
    }),
};

/**
 * Remembers which request an error belongs to: Apollo Server formats errors without their request, and
 * an error in the log has the id of its request.
 */
export class RequestIds {
  private readonly byError = new WeakMap<object, string>();

  readonly plugin: Plugin = {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors: ({ errors, contextValue }) => {
          for (const error of errors)
            this.byError.set(error, contextValue.requestId);
          return Promise.resolve();
        },
      }),
  };

  /** The id of an error's request; a new one for an error of no request. */
  of(error: unknown): string {
    const found = error instanceof Error ? this.byError.get(error) : undefined;
    return found ?? randomUUID();
  }
}

/** Tells how each operation ended. */
export function observeOperations(observer: OperationObserver): Plugin {
  return {
    requestDidStart() {
      const beganMs = performance.now();
      return Promise.resolve({
        willSendResponse({ document, operation, errors }) {
          observer.onOperation(
            document && operation
              ? operationLabel(document, operation)
              : otherOperation,
            "http",
            outcomeOf(errors),
            performance.now() - beganMs,
          );
          return Promise.resolve();
        },
      });
    },
  };
}

/** Says in a header after how many seconds an operation that was turned away may be sent again. */
export const retryAfter: Plugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response: { body, http } }) {
        if (body.kind !== "single") return Promise.resolve();
        const waits = (body.singleResult.errors ?? []).flatMap(
          ({ extensions }) => {
            const waitMs = extensions?.["retryAfterMs"];
            return typeof waitMs === "number" ? [waitMs] : [];
          },
        );
        if (waits.length > 0)
          http.headers.set(
            "retry-after",
            String(Math.ceil(Math.max(...waits) / 1_000)),
          );
        return Promise.resolve();
      },
    }),
};

/** Logs the error of a request that Apollo Server gave up. Its own line quotes the error's message. */
export function logUnexpected(log: Logger): Plugin {
  return {
    unexpectedErrorProcessingRequest({ error, requestContext }) {
      const { requestId } = requestContext.contextValue;
      log.error({ requestId, err: error }, "Apollo Server gave up a request");
      return Promise.resolve();
    },
  };
}

/** A log for Apollo Server. Its texts quote errors, and so documents: they are left out. */
export function apolloLog(log: Logger) {
  const write = (level: "debug" | "info" | "warn" | "error") => {
    return (message?: unknown) => {
      const details = message instanceof Error ? { err: message } : {};
      log[level](details, "Apollo Server has something to say");
    };
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
}
